import { expect, test } from 'vitest';
import type { AlertReference } from '../domain/incident/protocol.ts';
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
  const order = [1, 2, 3, 4].map(() => queue.take(10)?.workflowId);
  expect(order).toEqual(['c', 'd', 'b', 'a']);
});

test('an incident rises with its most severe waiting alert', () => {
  const queue = createIncidentQueue();
  queue.push(anItem('a', { severity: 'info' }));
  queue.push(anItem('b', { severity: 'error' }));
  queue.push(anItem('a', { severity: 'critical', position: 9 }, 'alert-other'));
  expect(queue.take(10)).toMatchObject({ workflowId: 'a', items: [{}, {}] });
});

test('has one batch of an incident under way at a time', () => {
  const queue = createIncidentQueue();
  queue.push(anItem('a'));
  expect(queue.take(10)?.items).toHaveLength(1);
  queue.push(anItem('a', { position: 9 }));
  expect(queue.take(10)).toBeUndefined();
  queue.done('a');
  expect(queue.take(10)?.items).toHaveLength(1);
});

test('takes what was put back before what came later', () => {
  const queue = createIncidentQueue();
  queue.push(anItem('a', { position: 1 }));
  const batch = queue.take(10);
  queue.push(anItem('a', { position: 2 }, 'alert-other'));
  if (batch !== undefined) queue.putBack(batch);
  expect(queue.take(10)?.items.map(({ reference }) => reference.position)).toEqual([1, 2]);
  expect(queue.size()).toBe(0);
});

test('splits a large incident into batches and keeps the order', () => {
  const queue = createIncidentQueue();
  for (let position = 0; position < 5; position += 1)
    queue.push(anItem('a', { position }, `alert-${position}`));
  const first = queue.take(3);
  queue.done('a');
  const second = queue.take(3);
  expect([first, second].map((batch) => batch?.items.map(({ reference }) => reference.position))).toEqual([
    [0, 1, 2],
    [3, 4],
  ]);
});

test('an alert that cleared while it waited is not paged any more, but its clear is told', () => {
  const queue = createIncidentQueue();
  queue.push(anItem('a', { position: 1 }));
  const pointless = queue.push(anItem('a', { kind: 'cleared', position: 2 }));
  expect(pointless.map(({ reference }) => reference.position)).toEqual([1]);
  expect(queue.take(10)?.items.map(({ reference }) => reference.kind)).toEqual(['cleared']);
});

test('the size is what waits', () => {
  const queue = createIncidentQueue();
  queue.push(anItem('a', { position: 1 }));
  queue.push(anItem('b', { position: 2 }));
  queue.push(anItem('a', { kind: 'cleared', position: 3 }));
  expect(queue.size()).toBe(2);
  queue.take(10);
  queue.take(10);
  expect(queue.size()).toBe(0);
});
