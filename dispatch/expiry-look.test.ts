import { expect, test } from 'vitest';
import type { AlertCommand } from '../domain/alert/command.ts';
import { limits } from '../domain/limits.ts';
import { type ExpirySearch, expiryLook } from './expiry-look.ts';

const identity = { tenant: 'default', source: 'prometheus', fingerprint: '0123456789abcdef' };

function look(found: readonly (typeof identity)[]) {
  let nowMs = 1_000_000;
  let isDown = false;
  const searches: ExpirySearch[] = [];
  const decided: AlertCommand[] = [];
  const { look } = expiryLook({
    now: () => nowMs,
    findExpired: async (search) => {
      if (isDown) throw new Error('the database is away');
      searches.push(search);
      return found;
    },
    decide: async (commands) => void decided.push(...commands),
  });
  const setDown = (down: boolean): void => {
    isDown = down;
  };
  return { look, searches, decided, setDown, pass: (ms: number) => (nowMs += ms) };
}

test('what ran out is decided about', async () => {
  const clock = look([identity]);
  await clock.look();
  expect(clock.decided).toEqual([{ kind: 'expire', identity }]);
});

test('right after the start only what was heard since then may run out', async () => {
  const clock = look([]);
  await clock.look();
  clock.pass(limits.expiryGraceMs - 1);
  await clock.look();
  clock.pass(1);
  await clock.look();
  expect(clock.searches.map(({ heardSinceMs }) => heardSinceMs)).toEqual([1_000_000, 1_000_000, 0]);
  expect(clock.decided).toEqual([]);
});

test('after an outage of the database only what was heard since then may run out', async () => {
  const clock = look([]);
  clock.pass(limits.expiryGraceMs);
  await clock.look();
  clock.setDown(true);
  await expect(clock.look()).rejects.toThrow('away');
  clock.pass(300_000);
  clock.setDown(false);
  await clock.look();
  clock.pass(limits.expiryGraceMs);
  await clock.look();
  const backMs = 1_000_000 + limits.expiryGraceMs + 300_000;
  expect(clock.searches.map(({ heardSinceMs }) => heardSinceMs)).toEqual([0, backMs, 0]);
});
