import { expect, test } from 'vitest';
import { fold } from '../domain/incident/fold.ts';
import type { PendingNotification } from '../domain/incident/incident.ts';
import { openingTurn } from '../domain/incident/turn.ts';
import type { Severity } from '../domain/severity.ts';
import { aPolicy, aReference, aSubject } from '../test/support/incident-events.ts';
import { deadlineOf, notifyOptions } from './notify-options.ts';

const nowMs = Date.parse('2026-01-05T09:00:00.000Z');

/** An incident whose first page is pending: step 1 of `steps`, each of so many milliseconds. */
function paged(waitMs: number, steps: number, severity: Severity = 'critical') {
  const first = aReference({ severity });
  const step = aPolicy().steps[0];
  const policy = aPolicy({
    repeat: 0,
    steps: Array.from({ length: steps }, () => ({ targets: step?.targets ?? [], waitMs })),
  });
  const subject = aSubject();
  const incident = fold(undefined, openingTurn({ subject, first, policy, references: [first] }, nowMs));
  const [page] = incident?.pending ?? [];
  if (incident === undefined || page === undefined) throw new Error('nothing was paged');
  return { incident, page };
}

function withKind(page: PendingNotification, kind: PendingNotification['kind']): PendingNotification {
  const { deadlineAt: _, ...rest } = page;
  return { ...rest, kind };
}

test('a page has the time of its step, and a moment to say that it is over', () => {
  const { incident, page } = paged(300_000, 2);
  expect(deadlineOf(incident, page, nowMs)).toBe(nowMs + 300_000);
  expect(notifyOptions(incident, page, nowMs)).toMatchObject({ scheduleToCloseTimeout: 302_000 });
});

test('even a step shorter than one attempt gets one', () => {
  const { incident, page } = paged(1_000, 2);
  expect(deadlineOf(incident, page, nowMs)).toBe(nowMs + 15_000);
});

test('a page that nobody comes after is given as long as it takes', () => {
  const { incident, page } = paged(300_000, 1);
  expect(deadlineOf(incident, page, nowMs)).toBeUndefined();
  expect(notifyOptions(incident, page, nowMs)).not.toHaveProperty('scheduleToCloseTimeout');
});

test('edits and undo are given up after an hour', () => {
  const { incident, page } = paged(300_000, 2);
  for (const kind of ['update', 'resolved', 'undo'] as const) {
    expect(notifyOptions(incident, withKind(page, kind), nowMs)).toMatchObject({
      scheduleToCloseTimeout: 3_600_000,
    });
  }
});

test('an undo backs off by min(60 s, 100 ms · 2ⁿ)', () => {
  const { incident, page } = paged(300_000, 2);
  expect(notifyOptions(incident, withKind(page, 'undo'), nowMs).retry).toMatchObject({
    initialInterval: '100 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '60 seconds',
  });
});

test('pages and undo go before reminders, the most severe first, and tenants share fairly', () => {
  const keys = (['critical', 'error', 'warning', 'info'] as const).map((severity) => {
    const { incident, page } = paged(300_000, 2, severity);
    return (['page', 'undo', 'reminder'] as const).map((kind) => {
      const { priority } = notifyOptions(incident, withKind(page, kind), nowMs);
      expect(priority?.fairnessKey).toBe(incident.tenant);
      return priority?.priorityKey;
    });
  });
  expect(keys).toEqual([
    [1, 1, 2],
    [2, 2, 3],
    [3, 3, 4],
    [4, 4, 5],
  ]);
});
