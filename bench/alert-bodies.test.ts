import { expect, test } from 'vitest';
import { readBody } from '../ingest/read-body.ts';
import { alertmanagerFormat } from '../sources/alertmanager/alertmanager.ts';
import { aContext, aRequest, observedIn } from '../sources/testing/a-request.ts';
import { bodyOf, fingerprintOf } from './alert-bodies.ts';

test('is a body that the source takes whole', () => {
  const body = bodyOf([{ instance: 'a-1', phase: 'single', startsAt: '2026-01-05T09:00:00.000Z' }]);
  const payload = alertmanagerFormat.parse(aRequest(readBody(Buffer.from(body))), aContext());
  expect(payload.rejected).toEqual([]);
  expect(observedIn(payload).map(({ alert }) => alert.fingerprint)).toEqual([fingerprintOf('a-1')]);
});

test('gives every instance a fingerprint of its own', () => {
  const prefixes = ['rest', 'warm', 'steps', 'new-10', 'new-20', 'storm1000', 'storm5000', 'storm10000'];
  const names = prefixes.flatMap((prefix) =>
    Array.from({ length: 1_000 }, (_, index) => `${prefix}-${index}`),
  );
  expect(new Set(names.map(fingerprintOf)).size).toBe(names.length);
});
