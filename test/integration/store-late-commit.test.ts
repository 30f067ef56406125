import { Client } from 'pg';
import { expect, test } from 'vitest';
import { anAlertFired } from '../support/alert-events.ts';
import { eventually } from '../support/eventually.ts';
import { openTestStore } from '../support/test-store.ts';

test('a reader that follows the lanes sees an event that commits after younger ones of another lane', async () => {
  await using store = await openTestStore();
  const slow = await store.openWriter();
  const fast = await store.openWriter();
  const blocker = new Client({ connectionString: store.url });
  await blocker.connect();
  const seen: string[] = [];
  const checkpoints = new Map([slow.lane, fast.lane].map((lane) => [lane, -1]));
  const poll = async () => {
    for (const [lane, afterPosition] of checkpoints) {
      const { events, lastPosition } = await store.log.readLane(lane, { afterPosition, limit: 100 });
      checkpoints.set(lane, lastPosition);
      seen.push(...events.map(({ stream }) => stream));
    }
  };

  try {
    // An open transaction owns the place that the slow writer wants, so its commit has to wait.
    await blocker.query('BEGIN');
    await blocker.query(
      `INSERT INTO event_log (lane, position, stream_id, version, type, event_id, hlc, data, metadata)
       VALUES (1999, 0, 'alert-late', 0, 'AlertFired', gen_random_uuid(), 0, '{}', '{}')`,
    );
    const late = slow.append({ stream: 'alert-late', expectedVersion: -1, events: [anAlertFired()] });
    await eventually(async () => {
      const waiting = await store.database.query(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return waiting.length > 0 ? true : undefined;
    });
    await fast.append({ stream: 'alert-early', expectedVersion: -1, events: [anAlertFired()] });
    await poll();
    expect(seen).toEqual(['alert-early']);
    await blocker.query('ROLLBACK');
    expect((await late).kind).toBe('appended');
  } finally {
    await blocker.end();
  }

  await poll();
  expect(seen).toEqual(['alert-early', 'alert-late']);
  // What makes the test worth its name: by any global order the late event lies before what was read already.
  const order = await store.database.query<{ stream_id: string }>(
    'SELECT stream_id FROM event_log ORDER BY hlc',
  );
  expect(order.map(({ stream_id }) => stream_id)).toEqual(['alert-late', 'alert-early']);
});

test('a reader that follows two busy lanes sees every event once and in order', async () => {
  await using store = await openTestStore();
  const writers = [await store.openWriter(), await store.openWriter()];
  const total = 2_000;
  const seen = new Map(writers.map(({ lane }) => [lane, [] as number[]]));
  let isWriting = true;
  const follow = async (lane: number) => {
    let afterPosition = -1;
    const positions = seen.get(lane) ?? [];
    for (;;) {
      const wasWriting = isWriting;
      const page = await store.log.readLane(lane, { afterPosition, limit: 500 });
      positions.push(...page.events.map(({ position }) => position));
      afterPosition = page.lastPosition;
      if (!wasWriting && page.events.length === 0) return;
    }
  };
  const following = Promise.all(writers.map(({ lane }) => follow(lane)));
  for (let i = 0; i < total; i += 100) {
    await Promise.all(
      writers.flatMap((writer) =>
        Array.from({ length: 100 }, (_, j) =>
          writer.append({
            stream: `alert-${writer.lane}-${i + j}`,
            expectedVersion: -1,
            events: [anAlertFired()],
          }),
        ),
      ),
    );
  }
  isWriting = false;
  await following;
  for (const positions of seen.values()) {
    expect(positions).toEqual(Array.from({ length: total }, (_, i) => i));
  }
});
