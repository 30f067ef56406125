import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMatcher } from '../../domain/matcher/matcher.ts';
import { anAlert } from '../an-alert.ts';
import { createSample, hash32 } from './sample.ts';

const fingerprints = Array.from({ length: 20_000 }, (_, i) => i.toString(16).padStart(16, '0'));

function keptOf(keep: number): string[] {
  const sample = createSample({ match: [], keep });
  return fingerprints.filter(
    (fingerprint) => sample.process(anAlert({ severity: 'info', fingerprint }), 0).kind === 'kept',
  );
}

test.each([0, 0.01, 0.1, 0.5, 0.99, 1])('keeps about a share of %d', (keep) => {
  const share = keptOf(keep).length / fingerprints.length;
  // Five standard deviations of so many throws of a coin.
  const margin = 5 * Math.sqrt((keep * (1 - keep)) / fingerprints.length);
  expect(Math.abs(share - keep)).toBeLessThanOrEqual(margin);
});

test('the same fingerprint has the same fate on every server, and a larger share keeps what a smaller one kept', () => {
  expect(keptOf(0.2)).toEqual(keptOf(0.2));
  const large = new Set(keptOf(0.3));
  expect(keptOf(0.2).every((fingerprint) => large.has(fingerprint))).toBe(true);
  expect(hash32('0123456789abcdef')).toBe(hash32('0123456789abcdef'));
});

test('what is critical, over or not matched is never dropped', () => {
  const sample = createSample({
    match: [createMatcher({ name: 'env', operator: '=', value: 'test' })],
    keep: 0,
  });
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('a', 'b', 'c'), (fingerprint, variant) => {
      const labels = { env: 'test' };
      const alert = {
        a: anAlert({ fingerprint, labels, severity: 'critical' }),
        b: anAlert({ fingerprint, labels, severity: 'info', status: 'resolved' }),
        c: anAlert({ fingerprint, labels: { env: 'prod' }, severity: 'info' }),
      }[variant];
      expect(sample.process(alert, 0)).toEqual({ kind: 'kept', alert });
      expect(sample.process(anAlert({ fingerprint, labels, severity: 'warning' }), 0).kind).toBe('dropped');
    }),
  );
});
