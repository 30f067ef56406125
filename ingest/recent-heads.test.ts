import { expect, test } from 'vitest';
import { initialAlertState } from '../domain/alert/state.ts';
import { createRecentHeads } from './recent-heads.ts';

const head = (version: number) => ({ version, state: initialAlertState });

test('keeps what was used last and lets go of the rest', () => {
  const heads = createRecentHeads(10);
  for (let index = 0; index < 100; index += 1) {
    heads.set(`s${index}`, head(0));
    heads.get('s0');
  }
  const held = Array.from({ length: 100 }, (_, index) => `s${index}`).filter((stream) => heads.get(stream));
  expect(held).toContain('s0');
  expect(held).toContain('s99');
  expect(held.length).toBeLessThanOrEqual(20);
  expect(held.length).toBeGreaterThanOrEqual(10);
});

test('never goes back to an older head', () => {
  const heads = createRecentHeads(2);
  heads.set('a', head(3));
  heads.set('b', head(0));
  heads.set('a', head(2));
  expect(heads.get('a')?.version).toBe(3);
});

test('forgets on request, in whichever half it is', () => {
  const heads = createRecentHeads(2);
  heads.set('a', head(0));
  heads.set('b', head(0));
  heads.set('c', head(0));
  for (const stream of ['a', 'c']) heads.delete(stream);
  expect(['a', 'b', 'c'].map((stream) => heads.get(stream)?.version)).toEqual([undefined, 0, undefined]);
});
