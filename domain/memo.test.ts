import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemo } from './memo.ts';

test('keeps what is asked for while others come and go', () => {
  const memo = createMemo<{ n: number }>(10);
  memo.set(['w', 'anted'], { n: -1 });
  memo.set(['forgotten'], { n: -2 });
  for (let n = 0; n < 100; n += 1) {
    memo.set(['w', `other ${n}`], { n });
    expect(memo.get(['w', 'anted'])).toEqual({ n: -1 });
  }
  expect(memo.get(['forgotten'])).toBeUndefined();
});

test('answers what was set last, or nothing, and never keeps more than it may', () => {
  const texts = fc.array(fc.constantFrom('', 'a', 'b', 'ab'), { maxLength: 3 });
  const step = fc.tuple(texts, fc.boolean());
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 20 }), fc.array(step, { maxLength: 200 }), (max, steps) => {
      const memo = createMemo<{ at: number }>(max);
      const written = new Map<string, { at: number }>();
      for (const [at, [key, isSet]] of steps.entries()) {
        if (isSet) {
          written.set(JSON.stringify(key), { at });
          memo.set(key, { at });
          expect(memo.get(key)).toEqual({ at });
        } else {
          expect([undefined, written.get(JSON.stringify(key))]).toContainEqual(memo.get(key));
        }
      }
      const asked = [...written.keys()].filter((key) => memo.get(JSON.parse(key)) !== undefined);
      expect(asked.length).toBeLessThanOrEqual(max + 1);
    }),
  );
});
