import { expect, test } from 'vitest';
import { alertmanagerFormat } from '../../sources/alertmanager/alertmanager.ts';
import { aContext, aRequest, observedIn } from '../../sources/testing/a-request.ts';
import { createBodyTemplate, numberOf } from './body-template.ts';

const startsAt = '2026-09-14T08:30:00.000Z';
const template = createBodyTemplate(100);

function alertsOf(index: number) {
  const body: unknown = JSON.parse(template.body(index, startsAt).toString());
  return observedIn(alertmanagerFormat.parse(aRequest(body), aContext())).map(({ alert }) => alert);
}

test('every alert of a run is another one, and its fingerprint leads back to its number', () => {
  const numbers = [0, 1, 7, 99_999].flatMap((index) =>
    alertsOf(index).map(({ fingerprint }) => numberOf(fingerprint)),
  );
  const expected = [0, 1, 7, 99_999].flatMap((index) =>
    Array.from({ length: 100 }, (_, at) => index * 100 + at),
  );
  expect(numbers).toEqual(expected);
});

test('the number stands in the label and in the summary too', () => {
  const [, second] = alertsOf(12);
  expect(second?.startsAt).toBe(startsAt);
  expect(second?.labels.instance).toBe('ingest-000001201');
  expect(second?.annotations.summary).toContain('ingest-000001201');
});
