import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fastAlertStreamOf } from './alert-stream.ts';
import { createStreamFilter } from './stream-filter.ts';

const streamOf = (index: number) =>
  fastAlertStreamOf({ tenant: 'default', source: 'prometheus', fingerprint: String(index) });

test('never denies what was added', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 500 }), (indexes) => {
      const filter = createStreamFilter(1_024);
      for (const index of indexes) filter.add(streamOf(index));
      for (const index of indexes) expect(filter.mayHold(streamOf(index))).toBe(true);
    }),
  );
});

test('knows nearly all of what was not added', () => {
  const filter = createStreamFilter(262_144);
  for (let index = 0; index < 10_000; index += 1) filter.add(streamOf(index));
  const wrong = Array.from({ length: 10_000 }, (_, index) => streamOf(index + 10_000)).filter(filter.mayHold);
  expect(wrong.length).toBeLessThan(200);
});

test('never denies what was added under a name that is no hash', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 50 }), (streams) => {
      const filter = createStreamFilter(1_024);
      for (const stream of streams) filter.add(stream);
      for (const stream of streams) expect(filter.mayHold(stream)).toBe(true);
    }),
  );
});
