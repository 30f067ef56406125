import { expect, test } from 'vitest';
import type { AlertCommand } from '../domain/alert/command.ts';
import { type Returning, returnLook } from './return-look.ts';

const identity = { tenant: 'default', source: 'prometheus', fingerprint: '0123456789abcdef' };
const returning: Returning = {
  identity,
  incidentId: 'first',
  workflowId: 'incident/a',
  reason: 'by_human',
};

function start(found: () => readonly Returning[]) {
  const searches: { fromMs: number; untilMs: number }[] = [];
  const decided: AlertCommand[] = [];
  const clock = { nowMs: Date.parse('2026-08-01T10:00:00.000Z') };
  const { look } = returnLook({
    findReturning: async (search) => {
      searches.push(search);
      return found();
    },
    decide: async (commands) => void decided.push(...commands),
    now: () => clock.nowMs,
  });
  return { look, searches, decided, clock };
}

test('what a human closed comes back, what nobody was heard of is over', async () => {
  const unheard: Returning = { ...returning, workflowId: 'incident/b', reason: 'unheard' };
  const { look, decided } = start(() => [returning, unheard]);
  await look();
  expect(decided).toEqual([
    { kind: 'reopen', identity, workflowIds: ['incident/a'] },
    { kind: 'expire', identity, isUnheard: true },
  ]);
});

test('asks once while the view catches up, and again if nothing came of it', async () => {
  const { look, decided, clock } = start(() => [returning]);
  await look();
  clock.nowMs += 29_000;
  await look();
  expect(decided).toHaveLength(1);
  clock.nowMs += 1_000;
  await look();
  expect(decided).toHaveLength(2);
});

test('asks at once for what the next incident of the same group left behind', async () => {
  let found = returning;
  const { look, decided, clock } = start(() => [found]);
  await look();
  clock.nowMs += 7_000;
  found = { ...returning, incidentId: 'second' };
  await look();
  expect(decided).toHaveLength(2);
});

test('asks again at once for what could not be decided', async () => {
  const { look, decided, clock } = start(() => [returning]);
  const failing = returnLook({
    findReturning: async () => [returning],
    decide: async () => {
      throw new Error('overloaded');
    },
    now: () => clock.nowMs,
  });
  await expect(failing.look()).rejects.toThrow('overloaded');
  await expect(failing.look()).rejects.toThrow('overloaded');
  await look();
  expect(decided).toHaveLength(1);
});

test('finds what is shown long after its time, because its view was late', async () => {
  const { clock } = start(() => []);
  const startMs = clock.nowMs;
  const decided: AlertCommand[] = [];
  let shownFromMs = Number.POSITIVE_INFINITY;
  const { look } = returnLook({
    findReturning: async ({ fromMs }) =>
      fromMs < startMs && shownFromMs <= clock.nowMs && decided.length === 0 ? [returning] : [],
    decide: async (commands) => void decided.push(...commands),
    now: () => clock.nowMs,
  });
  shownFromMs = startMs + 300_000;
  for (; clock.nowMs <= shownFromMs + 60_000; clock.nowMs += 1_000) await look();
  expect(decided).toEqual([{ kind: 'reopen', identity, workflowIds: ['incident/a'] }]);
});

test('looks back a week first, and then no further than a minute', async () => {
  const { look, searches, clock } = start(() => []);
  const startMs = clock.nowMs;
  await look();
  clock.nowMs += 1_000;
  await look();
  expect(searches).toMatchObject([
    { fromMs: startMs - 7 * 86_400_000, untilMs: startMs },
    { fromMs: startMs - 60_000, untilMs: startMs + 1_000 },
  ]);
});
