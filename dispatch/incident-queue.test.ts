import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlertReference } from '../domain/incident/protocol.ts';
import { limits } from '../domain/limits.ts';
import { aReference, aSubject } from '../test/support/incident-events.ts';
import { createIncidentQueue, type DispatchItem } from './incident-queue.ts';

function anItem(
  workflowId: string,
  reference: Partial<AlertReference> = {},
  stream = `alert-${workflowId}`,
): DispatchItem {
  return {
    workflowId,
    subject: aSubject(),
    policy: 'default',
    configVersion: 1,
    stream,
    version: 0,
    reference: aReference({ severity: 'warning', ...reference }),
  };
}

test('takes the most severe incident first, and among equals the oldest', () => {
  const queue = createIncidentQueue();
  queue.push(anItem('a', { severity: 'info' }));
  queue.push(anItem('b', { severity: 'warning' }));
  queue.push(anItem('c', { severity: 'critical' }));
  queue.push(anItem('d', { severity: 'critical' }));
  const order = [1, 2, 3, 4].map(() => queue.take()?.workflowId);
  expect(order).toEqual(['c', 'd', 'b', 'a']);
});

test('an incident rises with its most severe waiting alert', () => {
  const queue = createIncidentQueue();
  queue.push(anItem('a', { severity: 'info' }));
  queue.push(anItem('b', { severity: 'error' }));
  queue.push(anItem('a', { severity: 'critical', position: 9 }, 'alert-other'));
  expect(queue.take()).toMatchObject({ workflowId: 'a', items: [{}, {}] });
});

test('has one batch of an incident under way at a time', () => {
  const queue = createIncidentQueue();
  queue.push(anItem('a'));
  expect(queue.take()?.items).toHaveLength(1);
  queue.push(anItem('a', { position: 9 }));
  expect(queue.take()).toBeUndefined();
  queue.done('a');
  expect(queue.take()?.items).toHaveLength(1);
});

test('takes what was put back before what came later', () => {
  const queue = createIncidentQueue();
  queue.push(anItem('a', { position: 1 }));
  const batch = queue.take();
  queue.push(anItem('a', { position: 2 }, 'alert-other'));
  if (batch !== undefined) queue.putBack(batch);
  expect(queue.take()?.items.map(({ reference }) => reference.position)).toEqual([1, 2]);
  expect(queue.size()).toBe(0);
});

test('an alert that cleared while it waited is not paged any more, but its clear is told', () => {
  const queue = createIncidentQueue();
  queue.push(anItem('a', { position: 1 }));
  const pointless = queue.push(anItem('a', { kind: 'cleared', position: 2 }));
  expect(pointless.map(({ reference }) => reference.position)).toEqual([1]);
  expect(queue.take()?.items.map(({ reference }) => reference.kind)).toEqual(['cleared']);
});

test('what cleared while its signal failed is not paged any more when that is tried again', () => {
  const queue = createIncidentQueue();
  queue.push(anItem('a', { position: 1 }));
  queue.push(anItem('a', { position: 2 }, 'alert-other'));
  const batch = queue.take();
  queue.push(anItem('a', { kind: 'cleared', position: 3 }));
  const pointless = batch === undefined ? [] : queue.putBack(batch);
  expect(pointless.map(({ reference }) => reference.position)).toEqual([1]);
  expect(queue.size()).toBe(2);
  expect(queue.take()?.items.map(({ reference }) => reference.position)).toEqual([2, 3]);
});

/** What happens to one incident: an alert tells something, a batch is sent, or a batch fails. */
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom('fired', 'changed', 'cleared'), fc.nat(3)) },
  { weight: 1, arbitrary: fc.constant('sent' as const) },
  { weight: 1, arbitrary: fc.constant('failed' as const) },
);

test('whatever happens, what waits is in order and no firing of it has a clear behind it', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
      const queue = createIncidentQueue();
      const all: DispatchItem[] = [];
      const gone = new Set<DispatchItem>();
      for (const [position, it] of happenings.entries()) {
        if (it === 'sent' || it === 'failed') {
          const batch = queue.take();
          if (batch !== undefined && it === 'failed') queue.putBack(batch);
          else if (batch !== undefined) for (const item of batch.items) gone.add(item);
          queue.done('a');
          continue;
        }
        const [kind, alert] = it;
        const item = anItem('a', { kind: kind as AlertReference['kind'], position }, `alert-${alert}`);
        all.push(item);
        for (const other of queue.push(item)) gone.add(other);
      }
      const left = all.filter((item) => !gone.has(item));
      expect(queue.size()).toBe(left.length);
      const waits = queue.take()?.items ?? [];
      expect(waits).toEqual(left);
      for (const [at, { stream, reference }] of waits.entries()) {
        if (reference.kind === 'cleared') continue;
        const later = waits.slice(at + 1).filter((other) => other.stream === stream);
        expect(later.map((other) => other.reference.kind)).not.toContain('cleared');
      }
    }),
    { numRuns: 500 },
  );
});

test('a storm that clears while it waits takes no time that grows with its square', () => {
  const queue = createIncidentQueue();
  const count = 20_000;
  const tell = (kind: AlertReference['kind']) => {
    for (let at = 0; at < count; at += 1) queue.push(anItem('a', { kind }, `alert-${at}`));
  };
  tell('fired');
  tell('cleared');
  expect(queue.size()).toBe(count);
}, 5_000);

test('the size is what waits', () => {
  const queue = createIncidentQueue();
  queue.push(anItem('a', { position: 1 }));
  queue.push(anItem('b', { position: 2 }));
  queue.push(anItem('a', { kind: 'cleared', position: 3 }));
  expect(queue.size()).toBe(2);
  queue.take();
  queue.take();
  expect(queue.size()).toBe(0);
});

test('takes as much as one signal carries: many that tell the same, fewer that do not', () => {
  const same = createIncidentQueue();
  const apart = createIncidentQueue();
  for (let position = 0; position < 6_000; position += 1) {
    const stream = `alert-${position}`;
    same.push(anItem('a', { position }, stream));
    apart.push(anItem('a', { position, severity: position % 2 === 0 ? 'info' : 'warning' }, stream));
  }
  expect(same.take()).toMatchObject({ isFull: true, items: { length: limits.maxEventsPerSignal } });
  same.done('a');
  const rest = same.take();
  expect(rest).toMatchObject({ isFull: false, items: { length: 1_000 } });
  expect(rest?.items[0]?.reference.position).toBe(limits.maxEventsPerSignal);
  expect(apart.take()).toMatchObject({ isFull: true, items: { length: limits.maxReferencesPerSignal } });
});
