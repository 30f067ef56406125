import { expect, it } from 'vitest';
import { noGuard } from '../../activities/delivery-guard.ts';
import { limits } from '../../domain/limits.ts';
import { createDeliveryStage } from '../../test/support/delivery-stage.ts';
import { createLocalPace } from './local-pace.ts';

/** Seconds from the start at which each of `count` pages to one channel goes out, where the engine runs each so late. */
async function burst(count: number, lateMs: number): Promise<number[]> {
  const traits = { pace: { key: 'C01', everyMs: 1_000 } };
  const startMs = Date.parse('2026-03-01T12:00:00Z');
  let nowMs = startMs;
  const guard = { ...noGuard, reserve: createLocalPace(() => nowMs) };
  const waiting = Array.from({ length: count }, (_, index) => ({
    dueMs: startMs,
    stage: createDeliveryStage({ traits, deps: { guard }, request: { key: `page-${index}` } }),
  }));
  const sentAtMs: number[] = [];
  for (let next = waiting.shift(); next !== undefined && sentAtMs.length < count; next = waiting.shift()) {
    const { stage, dueMs } = next;
    if (dueMs > startMs + 120_000) break;
    nowMs = dueMs;
    stage.nowMs = dueMs;
    const end = await stage.run({ runMs: 60_000 });
    expect(end.kind).not.toBe('over');
    if (end.kind === 'delivered') expect(end.attempts).toBe(1);
    for (const { deadlineMs } of stage.notifier.sent) sentAtMs.push(deadlineMs - limits.sendTimeoutMs);
    if (end.kind === 'again') waiting.push({ stage, dueMs: dueMs + end.afterMs + lateMs });
    waiting.sort((one, other) => one.dueMs - other.dueMs);
  }
  return sentAtMs.map((ms) => (ms - startMs) / 1_000).sort((one, other) => one - other);
}

const inTurn = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

it('a burst to one channel goes out one message a second, in the first attempt of each', async () => {
  expect(await burst(12, 0)).toEqual(inTurn);
});

it('an engine that is late lets nobody miss its turn again and again', async () => {
  expect(await burst(12, 1_500)).toEqual(inTurn);
});
