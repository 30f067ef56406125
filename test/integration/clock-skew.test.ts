import { expect, test } from 'vitest';
import type { Hlc } from '../../domain/hlc.ts';
import { hlcMs } from '../../domain/hlc.ts';
import { limits } from '../../domain/limits.ts';
import { createEventLog, type EventLog } from '../../store/event-log.ts';
import type { LaneWriter } from '../../store/lane-writer.ts';
import { createProcessClock } from '../../store/process-clock.ts';
import { createMetrics, type Metrics } from '../../telemetry/metrics.ts';
import { anAlertFired } from '../support/alert-events.ts';
import { openTestStore, silent, type TestStore } from '../support/test-store.ts';

/** A process with a wall clock that is wrong by `skewMs`. */
interface Process {
  readonly writer: LaneWriter;
  readonly log: EventLog;
  readonly clock: Hlc;
  readonly metrics: Metrics;
}

async function openProcess(store: TestStore, skewMs: number): Promise<Process> {
  const metrics = createMetrics();
  const now = () => Date.now() + skewMs;
  const clock = createProcessClock({ now, logger: silent, metrics });
  return {
    writer: await store.openWriter({ now, clock, metrics, path: 'strict' }),
    log: createEventLog(store.database, { clock }),
    clock,
    metrics,
  };
}

/** As ingest does: reads the head and appends behind it, again where somebody was faster. */
async function appendNext({ writer, log }: Process, stream: string): Promise<void> {
  for (let attempt = 0; attempt < limits.maxDecideAttempts; attempt += 1) {
    const head = (await log.readHeads([stream])).get(stream);
    const request = { stream, expectedVersion: head?.version ?? -1, events: [anAlertFired()] };
    if ((await writer.append(request)).kind === 'appended') return;
  }
  throw new Error('others were always faster');
}

async function readingsOf(store: TestStore, stream: string) {
  const events = await store.log.readStream(stream);
  expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index));
  return { lanes: new Set(events.map(({ lane }) => lane)), readings: events.map(({ hlc }) => BigInt(hlc)) };
}

function expectRising(readings: readonly bigint[]): void {
  for (const [index, reading] of readings.entries()) {
    if (index > 0) expect(reading, `at version ${index}`).toBeGreaterThan(readings[index - 1] ?? 0n);
  }
}

test('two writers whose clocks differ by 164 ms keep the order of each stream, in versions and in readings', async () => {
  await using store = await openTestStore();
  const ahead = await openProcess(store, 82);
  const behind = await openProcess(store, -82);
  const streams = ['alert-a', 'alert-b', 'alert-c', 'alert-d'];
  // in turn, so that each decides on what the other has just written
  for (let round = 0; round < 10; round += 1) {
    for (const stream of streams) {
      await appendNext(ahead, stream);
      await appendNext(behind, stream);
    }
  }
  // and at once, so that they overtake each other
  const both = [ahead, behind].map((process) =>
    Promise.all(streams.flatMap((stream) => Array.from({ length: 5 }, () => appendNext(process, stream)))),
  );
  await Promise.all(both);
  for (const stream of streams) {
    const { lanes, readings } = await readingsOf(store, stream);
    expect(readings).toHaveLength(30);
    expect(lanes.size).toBe(2);
    expectRising(readings);
  }
  for (const { metrics } of [ahead, behind]) {
    expect((await metrics.clocksAhead.get()).values[0]?.value).toBe(0);
  }
});

test('without hearing of each other the readings would not rise: the test can fail', async () => {
  await using store = await openTestStore();
  const ahead = await openProcess(store, 60_000);
  const deaf = { ...(await openProcess(store, 0)), log: store.log };
  await appendNext(ahead, 'alert-a');
  await appendNext(deaf, 'alert-a');
  const { readings } = await readingsOf(store, 'alert-a');
  expect(readings[1]).toBeLessThan(readings[0] ?? 0n);
});

test('a clock five minutes ahead is followed for a minute and counted, and refuses nothing', async () => {
  await using store = await openTestStore();
  const broken = await openProcess(store, 300_000);
  const right = await openProcess(store, 0);
  await appendNext(broken, 'alert-a');
  await appendNext(right, 'alert-a');
  await appendNext(right, 'alert-b');
  const { readings } = await readingsOf(store, 'alert-a');
  expect(readings).toHaveLength(2);
  const aheadMs = hlcMs(String(readings[1])) - Date.now();
  expect(aheadMs).toBeGreaterThan(limits.maxClockAheadMs - 10_000);
  expect(aheadMs).toBeLessThanOrEqual(limits.maxClockAheadMs + 1);
  expect((await right.metrics.clocksAhead.get()).values[0]?.value).toBe(1);
  expect((await broken.metrics.clocksAhead.get()).values[0]?.value).toBe(0);
});

test('a lane goes on after the readings of its last owner, whose clock was ahead', async () => {
  await using store = await openTestStore();
  const ahead = await openProcess(store, 30_000);
  await appendNext(ahead, 'alert-a');
  await ahead.writer.close();
  const next = await openProcess(store, 0);
  expect(next.writer.lane).toBe(ahead.writer.lane);
  await next.writer.append({ stream: 'alert-b', expectedVersion: -1, events: [anAlertFired()] });
  const [a] = (await readingsOf(store, 'alert-a')).readings;
  const [b] = (await readingsOf(store, 'alert-b')).readings;
  expect(b).toBeGreaterThan(a ?? 0n);
});
