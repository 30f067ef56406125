import { expect, test } from 'vitest';
import { readBody } from '../ingest/read-body.ts';
import { alertmanagerFormat } from '../sources/alertmanager/alertmanager.ts';
import { bodyOf, fingerprintOf } from './alert-bodies.ts';

test('is a body that the source takes whole', () => {
  const body = bodyOf([{ instance: 'a-1', phase: 'single', startsAt: '2026-01-05T09:00:00.000Z' }]);
  const context = {
    tenant: 'default',
    source: 'bench',
    receivedAtMs: Date.parse('2026-01-05T09:00:01.000Z'),
  };
  const { alerts, rejected } = alertmanagerFormat.parse(readBody(Buffer.from(body)), context);
  expect(rejected).toEqual([]);
  expect(alerts.map(({ alert }) => alert.fingerprint)).toEqual([fingerprintOf('a-1')]);
});

test('gives every instance a fingerprint of its own', () => {
  const prefixes = ['rest', 'warm', 'steps', 'new-10', 'new-20', 'storm1000', 'storm5000', 'storm10000'];
  const names = prefixes.flatMap((prefix) =>
    Array.from({ length: 1_000 }, (_, index) => `${prefix}-${index}`),
  );
  expect(new Set(names.map(fingerprintOf)).size).toBe(names.length);
});
