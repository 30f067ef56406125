import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHlc } from '../domain/hlc.ts';
import { type AppendBatch, prepareBatch } from './append-batch.ts';
import { createPendingAppends, type PendingAppend } from './pending-append.ts';

const event = { body: { type: 'AlertFired', data: {} }, metadata: {} };

function pendingsOf(...requests: readonly [stream: string, expectedVersion: number, count?: number][]) {
  return createPendingAppends(
    requests.map(([stream, expectedVersion, count = 1]) => ({
      stream,
      expectedVersion,
      events: Array.from({ length: count }, () => event),
    })),
    0,
  );
}

function prepare(pendings: readonly PendingAppend[]): AppendBatch {
  return prepareBatch(pendings, { lane: 1, firstPosition: 0, hlc: createHlc(() => 1_000), nowMs: 1_000 });
}

test('requests of one call for one stream form a chain', () => {
  const { entries } = prepare(pendingsOf(['a', -1, 2], ['b', 7], ['a', 1]));
  expect(entries.flatMap(({ events }) => events.map((e) => [e.stream, e.version, e.position]))).toEqual([
    ['a', 0, 0],
    ['a', 1, 1],
    ['b', 8, 2],
    ['a', 2, 3],
  ]);
});

test('another call’s request for the same stream waits for the next commit', () => {
  const first = pendingsOf(['a', -1]);
  const second = pendingsOf(['a', 0], ['a', 1]);
  const batch = prepare([...first, ...second]);
  expect(batch.entries.map(({ pending }) => pending)).toEqual(first);
  expect(batch.heldOver).toEqual(second);
});

test('what builds on a request that was not appended, or not on its last version, is orphaned', () => {
  const [first, second] = pendingsOf(['a', -1], ['a', 0]);
  if (!first || !second) throw new Error('no requests');
  first.settle({ kind: 'stale' });
  expect(prepare([second]).orphaned).toEqual([second]);

  const [third, fourth] = pendingsOf(['a', -1], ['a', 5]);
  if (!third || !fourth) throw new Error('no requests');
  expect(prepare([third, fourth]).orphaned).toEqual([fourth]);

  const [fifth, sixth] = pendingsOf(['a', -1], ['a', 0]);
  if (!fifth || !sixth) throw new Error('no requests');
  fifth.settle({ kind: 'appended', events: [] });
  expect(prepare([sixth]).entries.map(({ pending }) => pending)).toEqual([sixth]);
});

test('every request has exactly one place, positions are dense, and each stream’s versions are unbroken', () => {
  const call = fc.array(
    fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: -1, max: 4 }), fc.integer({ min: 1, max: 3 })),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 5 }), (calls) => {
      const pendings = calls.flatMap((requests) => pendingsOf(...requests));
      const { entries, heldOver, orphaned, nextPosition } = prepare(pendings);
      const placed = [...entries.map(({ pending }) => pending), ...heldOver, ...orphaned];
      expect(new Set(placed)).toEqual(new Set(pendings));
      expect(placed).toHaveLength(pendings.length);
      const events = entries.flatMap((entry) => entry.events);
      expect(events.map(({ position }) => position)).toEqual(events.map((_, i) => i));
      expect(nextPosition).toBe(events.length);
      for (const stream of ['a', 'b', 'c']) {
        const versions = events.filter((e) => e.stream === stream).map(({ version }) => version);
        expect(versions).toEqual(versions.map((_, i) => (versions[0] ?? 0) + i));
      }
    }),
    { numRuns: 2_000 },
  );
});
