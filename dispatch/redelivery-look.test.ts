import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { quietLogger } from '../test/support/quiet-logger.ts';
import { redeliveryLook, type WaitingDeadLetter } from './redelivery-look.ts';

const startMs = Date.UTC(2026, 0, 5, 9);

function aLetter(key: string, changes: Partial<WaitingDeadLetter> = {}): WaitingDeadLetter {
  const times = { deadSinceMs: startMs, triedMs: startMs, channelDeliveredMs: 0 };
  return { key, incidentId: `incident of ${key}`, channel: 'ops', ...times, ...changes };
}

/** A look over letters that a test may change, at a time that it sets. */
function aLook(letters: WaitingDeadLetter[], fails: (incidentId: string) => unknown = () => undefined) {
  const state = { letters, nowMs: startMs, discarded: new Set<string>(), stuck: new Set<string>() };
  const sent: { readonly atMs: number; readonly keys: readonly string[] }[] = [];
  const { look } = redeliveryLook({
    findWaiting: async () => state.letters,
    findDiscarded: async () => state.discarded,
    async redeliver(incidentId, keys) {
      const error = fails(incidentId);
      if (error !== undefined) throw error;
      sent.push({ atMs: state.nowMs - startMs, keys });
      const isTried = ({ key }: WaitingDeadLetter) => keys.includes(key) && !state.stuck.has(key);
      // in vain
      state.letters = state.letters.map((letter) =>
        isTried(letter) ? { ...letter, triedMs: state.nowMs + 100 } : letter,
      );
    },
    logger: quietLogger(),
    now: () => state.nowMs,
  });
  /** Looks every 400 ms up to so long after the start. */
  const until = async (endMs: number): Promise<void> => {
    for (; state.nowMs - startMs <= endMs; state.nowMs += limits.clockTickMs) await look();
  };
  return { state, sent, look, until };
}

test('of a channel that takes nothing, one dead letter at a time is tried', async () => {
  const { sent, look } = aLook([aLetter('a'), aLetter('b'), aLetter('c')]);
  await look();
  expect(sent).toEqual([{ atMs: 0, keys: ['a'] }]);
});

test('for the first minute a channel is tried every 4 s at least, later every minute at most', async () => {
  const { sent, until } = aLook([aLetter('a')]);
  await until(60_000);
  const gaps = sent.slice(1).map(({ atMs }, index) => atMs - (sent[index]?.atMs ?? 0));
  expect(gaps.length).toBeGreaterThan(15);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(4_000);
  await until(3_600_000);
  const last = sent.slice(-2).map(({ atMs }) => atMs);
  expect((last[1] ?? 0) - (last[0] ?? 0)).toBeGreaterThanOrEqual(limits.maxProbeMs);
  expect(sent.length).toBeLessThan(150);
});

test('a dead letter that its saga does nothing about keeps no other from being tried', async () => {
  const { state, sent, until } = aLook([aLetter('stuck'), aLetter('other')]);
  state.stuck = new Set(['stuck']);
  await until(29_000);
  expect(sent.map(({ keys }) => keys[0]).slice(0, 3)).toEqual(['stuck', 'other', 'other']);
  expect(sent.filter(({ keys }) => keys.includes('stuck'))).toHaveLength(1);
  await until(35_000);
  expect(sent.filter(({ keys }) => keys.includes('stuck'))).toHaveLength(2);
});

test('once its channel takes something, all of its dead letters are sent again, each once', async () => {
  const channelDeliveredMs = startMs + 100;
  const { state, sent, until } = aLook([
    aLetter('a', { channelDeliveredMs }),
    aLetter('b', { channelDeliveredMs }),
    aLetter('other', { channel: 'phone' }),
  ]);
  state.stuck = new Set(['a', 'b', 'other']);
  await until(2_000);
  expect(sent.flatMap(({ keys }) => keys)).toEqual(['a', 'b', 'other']);
});

test('what is asked for is not asked for again until something came of it', async () => {
  const channelDeliveredMs = startMs + 100;
  const { state, sent, until } = aLook([aLetter('a', { channelDeliveredMs })]);
  state.stuck = new Set(['a']);
  await until(20_000);
  expect(sent).toHaveLength(1);
});

test('what failed again after its channel was back is tried as if it had just gone', async () => {
  const { state, sent, until } = aLook([]);
  // dead for an hour, while its channel took something ten seconds ago
  const [deadSinceMs, channelDeliveredMs] = [startMs - 3_600_000, startMs - 10_000];
  state.letters = [aLetter('a', { deadSinceMs, channelDeliveredMs, triedMs: startMs })];
  await until(5_600);
  expect(sent.length).toBe(3);
});

test('letters of one incident are one request', async () => {
  const shared = { incidentId: 'i1', channelDeliveredMs: startMs + 1 };
  const { sent, look } = aLook([aLetter('a', shared), aLetter('b', shared)]);
  await look();
  expect(sent).toEqual([{ atMs: 0, keys: ['a', 'b'] }]);
});

test('what was discarded is left alone although the view does not show it yet', async () => {
  const { state, sent, look } = aLook([aLetter('a')]);
  state.discarded = new Set(['a']);
  await look();
  expect(sent).toEqual([]);
});

test('one look sends no more than its limit', async () => {
  const many = Array.from({ length: 80 }, (_, n) => aLetter(`k${n}`, { channelDeliveredMs: startMs + 1 }));
  const { sent, look } = aLook(many);
  await look();
  expect(sent).toHaveLength(limits.maxRedeliveredPerLook);
  await look();
  expect(new Set(sent.flatMap(({ keys }) => keys)).size).toBe(80);
});

test('what is wrong with one incident keeps no other waiting; an engine that is away ends the look', async () => {
  const letters = [aLetter('a', { channel: 'x' }), aLetter('b', { channel: 'y' })];
  const broken = aLook(letters, (id) => (id === 'incident of a' ? new Error('odd') : undefined));
  await broken.look();
  expect(broken.sent.map(({ keys }) => keys)).toEqual([['b']]);
  const away = aLook(letters, () => new TocsinError('engine_unavailable'));
  await expect(away.look()).rejects.toMatchObject({ code: 'engine_unavailable' });
});

test('what could not be asked for is asked for as soon as the engine is back', async () => {
  const channelDeliveredMs = startMs + 1;
  let isAway = true;
  const fails = (id: string) =>
    isAway && id === 'incident of b' ? new TocsinError('engine_unavailable') : undefined;
  const letters = ['a', 'b', 'c'].map((key) => aLetter(key, { channelDeliveredMs }));
  const { state, sent, look } = aLook(letters, fails);
  state.stuck = new Set(['a', 'b', 'c']);
  await expect(look()).rejects.toMatchObject({ code: 'engine_unavailable' });
  isAway = false;
  state.nowMs += 2_000;
  await look();
  expect(sent.map(({ keys }) => keys[0])).toEqual(['a', 'b', 'c']);
});

test('a dead letter that always fails by itself keeps no other from going out', async () => {
  const { state, sent, until } = aLook([]);
  // as the view answers: what was tried last comes first
  state.letters = [aLetter('poison', { triedMs: startMs + 1 }), aLetter('good'), aLetter('fine')];
  await until(10_000);
  expect(new Set(sent.flatMap(({ keys }) => keys))).toEqual(new Set(['poison', 'good', 'fine']));
});

test('whatever waits, a channel that is away gets one at a time, and never two within 2 s', async () => {
  const letter = fc.record({
    channel: fc.constantFrom('ops', 'phone'),
    deadSinceMs: fc.integer({ min: startMs - 100_000, max: startMs }),
  });
  const property = fc.asyncProperty(fc.array(letter, { minLength: 1, maxLength: 10 }), async (given) => {
    const letters = given.map((changes, n) => aLetter(`k${n}`, { triedMs: startMs, ...changes }));
    const { sent, until } = aLook(letters);
    await until(30_000);
    const channelOf = new Map(letters.map(({ key, channel }) => [key, channel]));
    for (const channel of new Set(channelOf.values())) {
      const times = sent.filter(({ keys }) => keys.some((key) => channelOf.get(key) === channel));
      expect(times.length).toBeGreaterThan(0);
      for (const [index, { atMs }] of times.slice(1).entries()) {
        expect(atMs - (times[index]?.atMs ?? 0)).toBeGreaterThanOrEqual(limits.minProbeMs);
      }
    }
  });
  await fc.assert(property, { numRuns: 50 });
});
