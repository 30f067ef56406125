import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { validationModes } from '../../domain/source/validation-mode.ts';
import { aContext, aRequest, observedIn } from '../testing/a-request.ts';
import { expectSpared } from '../testing/expect-spared.ts';
import { grafanaFormat } from './grafana.ts';

const folder = new URL('./fixtures/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => !file.endsWith('.normalised.json'))
  .map((file) => file.replace('.json', ''));

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
}

function parse(body: unknown, changes = {}) {
  return grafanaFormat.parse(aRequest(body), aContext({ source: 'grafana', ...changes }));
}

function parseOne(fields: object, changes = {}) {
  const labels = { alertname: 'A' };
  const alert = { status: 'firing', labels, startsAt: '2026-09-14T08:00:00Z', ...fields };
  const payload = parse({ version: '1', alerts: [alert] }, changes);
  return { alert: observedIn(payload)[0]?.alert, rejected: payload.rejected };
}

describe('normalises', () => {
  test.each(names)('%s', (name) => {
    const payload = parse(readFixture(name));
    expect({ alerts: observedIn(payload), rejected: payload.rejected }).toEqual(
      readFixture(`${name}.normalised`),
    );
  });

  test('the number of alerts that grafana left out', () => {
    expect(parse(readFixture('no-data')).truncatedAlerts).toBe(3);
  });

  test.each(['firing', 'resolved', 'no-data', 'grafana-cloud'])('%s in strict mode too', (name) => {
    expect(parse(readFixture(name), { validation: 'strict' }).rejected).toEqual([]);
  });
});

test('a payload template of the user is refused and named', () => {
  expect(() => parse({ text: 'InstanceDown' })).toThrow('no payload template');
  expect(() => parse({ version: '2', alerts: [] })).toThrow('must be "1"');
});

test('values of a coercive source may be texts, and are flagged', () => {
  const { alert } = parseOne({ values: { A: '2.5' } }, { validation: 'coercive' });
  expect(alert).toMatchObject({ annotations: { values: 'A=2.5' }, flags: ['coerced:values/A'] });
  expect(parseOne({ values: { A: '2.5' } }).rejected).toMatchObject([{ path: '/alerts/0/values/A' }]);
});

test('a strict source refuses an unknown field, and keeps those that only machines ask for', () => {
  const { rejected } = parseOne({ ruleUID: 'a', runbook: 'x' }, { validation: 'strict' });
  expect(rejected).toEqual([
    { index: 0, path: '/alerts/0/runbook', reason: 'is not a field of this format' },
  ]);
  expect(parseOne({ ruleUID: 'a' }, { validation: 'strict' }).rejected).toEqual([]);
});

test('links beyond the number of annotations are left out with a flag', () => {
  const annotations = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`a${i}`, 'x']));
  const { alert } = parseOne({ annotations, dashboardURL: 'https://grafana.example.org/' });
  expect(Object.keys(alert?.annotations ?? {})).toHaveLength(64);
  expect(alert?.flags).toEqual(['annotations_dropped']);
});

describe.each(validationModes)('%s', (validation) => {
  test.each(names)(
    '%s: every path dropped, doubled and swapped gives an answer and spares the neighbours',
    (name) => {
      expectSpared(readFixture(name), {
        format: grafanaFormat,
        context: aContext({ validation }),
        alertAt: ([first, index, ...within]) =>
          first === 'alerts' && within.length > 0 ? Number(index) : undefined,
      });
    },
  );
});
