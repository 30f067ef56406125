import { expect, test } from 'vitest';
import { limits } from '../../domain/limits.ts';
import { anAlert } from '../an-alert.ts';
import { withinLimits } from './within-limits.ts';

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, 'v']));

test('an alert within the limits stays the same object', () => {
  const original = anAlert();
  expect(withinLimits(original, original)).toBe(original);
  const changed = { ...original, labels: { ...original.labels, cluster: 'eu-1' } };
  expect(withinLimits(changed, original)).toBe(changed);
});

test('labels that were added beyond the limit go, those of the sender stay', () => {
  const original = anAlert({ labels: many(63), flags: ['start_assumed'] });
  const changed = { ...original, labels: { first: 'x', second: 'y', ...original.labels } };
  const alert = withinLimits(changed, original);
  expect(alert.labels).toEqual({ ...original.labels, first: 'x' });
  expect(alert.flags).toEqual(['labels_dropped', 'start_assumed']);
});

test('values that grew are cut on a character', () => {
  const original = anAlert({ annotations: { a: 'x' } });
  const long = `a${'é'.repeat(limits.maxLabelValueBytes)}`;
  const alert = withinLimits({ ...original, labels: { b: long }, annotations: { a: long } }, original);
  const cut = `a${'é'.repeat(limits.maxLabelValueBytes / 2 - 1)}`;
  expect(alert.annotations).toEqual({ a: cut });
  expect(alert.labels).toEqual({ b: cut });
  expect(alert.flags).toEqual(['annotations_cut', 'labels_cut']);
});

test('unnamed fields that grew too large are left out', () => {
  const original = anAlert({ extra: { a: 1 } });
  const alert = withinLimits({ ...original, extra: { a: 'x'.repeat(limits.maxExtraBytes) } }, original);
  expect('extra' in alert).toBe(false);
  expect(alert.flags).toEqual(['extra_dropped']);
});
