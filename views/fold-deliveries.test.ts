import { expect, test } from 'vitest';
import type { IncidentEvent } from '../domain/events/incident-events.ts';
import { opsTarget } from '../test/support/incident-events.ts';
import { type DeliveryChange, type DeliveryChanges, foldDelivery } from './fold-deliveries.ts';

const second = (n: number) => new Date(Date.UTC(2026, 0, 5, 9, 0, n)).toISOString();

function requested(key = 'k1', kind: 'page' | 'undo' = 'page'): IncidentEvent {
  const place = { round: 0, step: 0, sequence: 0, target: opsTarget };
  return { type: 'NotificationRequested', data: { at: second(0), key, kind, ...place } };
}
const delivered = (n: number): IncidentEvent => ({
  type: 'NotificationDelivered',
  data: { at: second(n), key: 'k1', providerId: 'm1', attempts: 2 },
});
const dead = (n: number, attempts: number): IncidentEvent => ({
  type: 'NotificationDeadLettered',
  data: { at: second(n), key: 'k1', reason: 'busy', attempts, outcome: 'retry' },
});
const redelivered = (n: number): IncidentEvent => ({
  type: 'NotificationRedelivered',
  data: { at: second(n), key: 'k1', by: 'amy' },
});
const withdrawn = (n: number): IncidentEvent => ({
  type: 'NotificationFailed',
  data: { at: second(n), key: 'k1', reason: 'nobody needs it any more' },
});
const undone = (n: number): IncidentEvent => ({
  type: 'NotificationUndone',
  data: { at: second(n), key: 'k2', of: 'k1' },
});

function foldAll(events: readonly IncidentEvent[]): DeliveryChange | undefined {
  const changes: DeliveryChanges = new Map();
  for (const [version, event] of events.entries()) foldDelivery(changes, version, event);
  return changes.get('k1');
}

test.each<[string, IncidentEvent[], object]>([
  ['requested', [requested()], { stage: 'pending', attempts: 0, version: 0 }],
  ['delivered', [requested(), delivered(1)], { stage: 'delivered', attempts: 2, providerId: 'm1' }],
  ['withdrawn', [requested(), withdrawn(1)], { stage: 'withdrawn', reason: 'nobody needs it any more' }],
  ['given up', [requested(), dead(1, 5)], { stage: 'dead', reason: 'busy', outcome: 'retry', attempts: 5 }],
  ['sent again', [requested(), dead(1, 5), redelivered(2)], { stage: 'pending', attempts: 5 }],
  ['taken back', [requested(), delivered(1), requested('k2', 'undo'), undone(2)], { stage: 'undone' }],
])('a notification that was %s is shown so', (_, events, shown) => {
  expect(foldAll(events)).toMatchObject({ key: 'k1', requested: { target: opsTarget }, ...shown });
});

test('a dead letter that is sent again in vain is dead since the first time', () => {
  const events = [requested(), dead(1, 5), redelivered(2), dead(3, 6)];
  expect(foldAll(events)).toMatchObject({ deadSince: second(1), updatedAt: second(3), attempts: 6 });
});

test('what got through after all has no reason and was never dead', () => {
  const change = foldAll([requested(), dead(1, 5), redelivered(2), delivered(3)]);
  expect(change).not.toHaveProperty('reason');
  expect(change).not.toHaveProperty('outcome');
  expect(change).not.toHaveProperty('deadSince');
});

test('events that come after others were folded elsewhere say only what they know', () => {
  const change = foldAll([redelivered(2)]);
  expect(change).toEqual({ key: 'k1', version: 0, stage: 'pending', updatedAt: second(2) });
});

test('other events say nothing of notifications', () => {
  const changes: DeliveryChanges = new Map();
  foldDelivery(changes, 0, { type: 'IncidentNoted', data: { at: second(0), by: 'amy', text: 'k1' } });
  expect(changes.size).toBe(0);
});
