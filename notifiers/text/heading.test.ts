import { expect, it } from 'vitest';
import { aNotification } from '../../test/support/a-notification.ts';
import { headingOf, referenceOf, standingOf } from './heading.ts';

it.each([
  [aNotification(), 'PAGE critical'],
  [aNotification({ kind: 'reminder' }), 'REMINDER critical'],
  [aNotification({ kind: 'update', incident: { state: 'acknowledged' }, by: 'amy' }), 'ACKNOWLEDGED by amy'],
  [aNotification({ kind: 'resolved' }), 'RESOLVED'],
  [aNotification({ kind: 'undo' }), 'WITHDRAWN'],
  [aNotification({ kind: 'test', by: 'amy' }), 'TEST by amy'],
])('says what a message is: %#', (request, heading) => {
  expect(headingOf(request)).toBe(heading);
});

it('says where a page stands on the ladder, counted from one', () => {
  const request = aNotification({ step: 1, round: 2, incident: { alertCount: 3 } });
  expect(standingOf(request)).toBe(
    'critical · 3 alerts · open since 2026-03-01T12:00:00.000Z · step 2, round 3',
  );
  expect(standingOf({ ...request, kind: 'reminder' })).not.toContain('step');
});

it('refers to different keys differently', () => {
  expect(referenceOf('a3f1c0de'.repeat(8))).toBe('a3f1c0dea3f1');
});
