import { expect, test } from 'vitest';
import type { ProcessorSpec } from '../../config/config.ts';
import { createMatcher } from '../../domain/matcher/matcher.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { anAlert } from '../an-alert.ts';
import { type ConfiguredSource, createChains } from './chains.ts';

/** As a reload makes it: everything anew, nothing the same object. */
const aLimit = (alerts = 1): ProcessorSpec => ({
  kind: 'limit',
  match: [createMatcher({ name: 'env', operator: '=~', value: 'a|b' })],
  alerts,
  perMs: 60_000,
  by: ['env'],
});
const aSource = (...processors: ProcessorSpec[]): ConfiguredSource => ({
  tenant: 't',
  name: 's',
  processors,
});

function createSender() {
  const chains = createChains(createMetrics());
  return (source: ConfiguredSource, config: { sources: ConfiguredSource[] }, fingerprint: string) => {
    const alert = anAlert({ severity: 'info', fingerprint, labels: { env: 'a' } });
    return chains.chainOf(source, config).process(alert, 0).kind;
  };
}

test('a chain is made once for each configuration', () => {
  const chains = createChains(createMetrics());
  const source = aSource(aLimit());
  const config = { sources: [source] };
  expect(chains.chainOf(source, config)).toBe(chains.chainOf(source, config));
  expect(chains.chainOf(source, { sources: [source] })).not.toBe(chains.chainOf(source, config));
});

test('counts go on over a reload that leaves the processor as it is', () => {
  const send = createSender();
  const before = aSource(aLimit());
  expect(send(before, { sources: [before] }, 'a')).toBe('kept');
  const after = aSource({ kind: 'drop_labels', names: ['x'] }, aLimit());
  expect(send(after, { sources: [after] }, 'b')).toBe('dropped');
});

test('a request that is still under the old configuration counts with the others', () => {
  const send = createSender();
  const [old, now] = [aSource(aLimit()), aSource(aLimit())];
  const [before, after] = [{ sources: [old] }, { sources: [now] }];
  expect(send(old, before, 'a')).toBe('kept');
  expect(send(now, after, 'b')).toBe('dropped');
  expect(send(old, before, 'c')).toBe('dropped');
});

test('counts begin anew where the processor changes, and where its source was gone', () => {
  const send = createSender();
  const before = aSource(aLimit());
  expect(send(before, { sources: [before] }, 'a')).toBe('kept');
  const changed = aSource(aLimit(2));
  expect(send(changed, { sources: [changed] }, 'b')).toBe('kept');
  const other = { ...aSource(), name: 'other' };
  expect(send(other, { sources: [other] }, 'c')).toBe('kept');
  const back = aSource(aLimit(2));
  expect(['d', 'e', 'f'].map((name) => send(back, { sources: [back] }, name))).toEqual([
    'kept',
    'kept',
    'dropped',
  ]);
});

test('two processors that are configured alike count apart, and so do sources of the same name in two tenants', () => {
  const send = createSender();
  const twice = aSource(aLimit(2), aLimit(2));
  expect(['a', 'b', 'c'].map((name) => send(twice, { sources: [twice] }, name))).toEqual([
    'kept',
    'kept',
    'dropped',
  ]);
  const [one, two] = [aSource(aLimit()), { ...aSource(aLimit()), tenant: 'other' }];
  const config = { sources: [one, two] };
  expect([send(one, config, 'x'), send(two, config, 'y')]).toEqual(['kept', 'kept']);
});
