import { expect, it } from 'vitest';
import { noGuard } from '../../activities/delivery-guard.ts';
import { limits } from '../../domain/limits.ts';
import { createDeliveryStage } from '../../test/support/delivery-stage.ts';
import { createLocalPace } from './local-pace.ts';

it('a burst to one channel goes out one message a second, in the first attempt of each', async () => {
  const traits = { pace: { key: 'C01', everyMs: 1_000 } };
  const startMs = Date.parse('2026-03-01T12:00:00Z');
  let nowMs = startMs;
  const guard = { ...noGuard, reserve: createLocalPace(() => nowMs) };
  const waiting = Array.from({ length: 12 }, (_, index) => ({
    dueMs: startMs,
    stage: createDeliveryStage({ traits, deps: { guard }, request: { key: `page-${index}` } }),
  }));
  const sentAtMs: number[] = [];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { stage, dueMs } = next;
    nowMs = dueMs;
    stage.nowMs = dueMs;
    const end = await stage.run({ runMs: 60_000 });
    expect(end.kind).not.toBe('over');
    if (end.kind === 'delivered') expect(end.attempts).toBe(1);
    for (const { deadlineMs } of stage.notifier.sent) sentAtMs.push(deadlineMs - limits.sendTimeoutMs);
    if (end.kind === 'again') waiting.push({ stage, dueMs: dueMs + end.afterMs });
    waiting.sort((one, other) => one.dueMs - other.dueMs);
  }
  const inSeconds = sentAtMs.map((ms) => (ms - startMs) / 1_000).sort((one, other) => one - other);
  expect(inSeconds).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});
