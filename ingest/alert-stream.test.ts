import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alertStreamOf } from '../domain/ids.ts';
import { fastAlertStreamOf } from './alert-stream.ts';

const text = fc.string({ unit: 'binary', maxLength: 200 });

test('names every stream as the pure function does', () => {
  fc.assert(
    fc.property(fc.record({ tenant: text, source: text, fingerprint: text }), (identity) => {
      expect(fastAlertStreamOf(identity)).toBe(alertStreamOf(identity));
    }),
  );
});
