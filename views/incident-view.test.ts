import { expect, it } from 'vitest';
import type { IncidentEvent } from '../domain/events/incident-events.ts';
import { openingTurn } from '../domain/incident/turn.ts';
import { aPolicy, aReference, aSubject } from '../test/support/incident-events.ts';
import { type FoldState, foldEvent } from './fold-incident.ts';
import { type IncidentView, toIncidentView } from './incident-view.ts';

const openedAt = '2026-01-05T09:00:00.000Z';
const first = aReference();

function opening(policy = aPolicy()): IncidentEvent[] {
  return openingTurn({ subject: aSubject(), first, policy, references: [first] }, Date.parse(openedAt));
}

function viewOf(events: readonly IncidentEvent[]): IncidentView {
  const folded = events.reduce<FoldState>(
    (state, event, version) => foldEvent(state, version, event),
    undefined,
  );
  if (folded === undefined) throw new Error('no events');
  return toIncidentView(folded);
}

it('shows at its top level what a responder looks for first', () => {
  const view = viewOf(opening());
  expect(view).toMatchObject({
    id: first.incidentId,
    state: 'open',
    version: opening().length - 1,
    title: 'disk is full',
    severity: 'critical',
    openedAt,
    tenant: 'default',
    route: 'payments',
    policy: 'default',
    groupLabels: { alertname: 'DiskFull' },
    alertCount: 1,
    notifications: { requested: 1, delivered: 0, dead: 0, pending: 1 },
  });
});

it('says when somebody is paged next', () => {
  expect(viewOf(opening()).escalation).toEqual({
    round: 0,
    step: 0,
    startedAt: openedAt,
    exhausted: false,
    nextStepAt: '2026-01-05T09:00:30.000Z',
  });
});

it('promises no next step when none is left', () => {
  const [step] = aPolicy().steps;
  const policy = aPolicy({ repeat: 0, steps: step === undefined ? [] : [step] });
  expect(viewOf(opening(policy)).escalation).not.toHaveProperty('nextStepAt');
});

it('shows who acknowledged, and pages nobody after that', () => {
  const at = '2026-01-05T09:00:10.000Z';
  const view = viewOf([...opening(), { type: 'IncidentAcknowledged', data: { at, by: 'amy' } }]);
  expect(view).toMatchObject({
    state: 'acknowledged',
    acknowledgedAt: at,
    acknowledgedBy: 'amy',
    updatedAt: at,
  });
  expect(view.escalation).not.toHaveProperty('nextStepAt');
});

it('keeps the last note and counts them', () => {
  const note = (text: string): IncidentEvent => ({
    type: 'IncidentNoted',
    data: { at: openedAt, by: 'bo', text },
  });
  const view = viewOf([...opening(), note('looking'), note('found it')]);
  expect(view).toMatchObject({ noteCount: 2, lastNote: { at: openedAt, by: 'bo', text: 'found it' } });
});

it('shows why an incident ended', () => {
  const at = '2026-01-05T09:05:00.000Z';
  const byHand = viewOf([
    ...opening(),
    { type: 'IncidentResolved', data: { at, by: 'amy', reason: 'by_human', positions: {} } },
  ]);
  expect(byHand).toMatchObject({
    state: 'resolved',
    resolvedAt: at,
    resolvedBy: 'amy',
    resolvedReason: 'by_human',
  });
  const cleared = viewOf([
    ...opening(),
    { type: 'IncidentResolved', data: { at, reason: 'cleared', positions: {} } },
  ]);
  expect(cleared).not.toHaveProperty('resolvedBy');
});

it('says what comes next by itself', () => {
  expect(viewOf(opening()).next).toEqual({ at: '2026-01-05T09:00:30.000Z', what: 'step' });
  const policy = aPolicy({ ackTimeoutMs: 1_800_000, remindEveryMs: 600_000, resolveHoldMs: 60_000 });
  const at = '2026-01-05T09:00:10.000Z';
  const acknowledged: IncidentEvent[] = [
    ...opening(policy),
    { type: 'IncidentAcknowledged', data: { at, by: 'amy' } },
  ];
  expect(viewOf(acknowledged).next).toEqual({ at: '2026-01-05T09:10:10.000Z', what: 'reminder' });
  const until = '2026-01-05T09:02:00.000Z';
  const held = viewOf([...acknowledged, { type: 'ResolutionHeld', data: { at, until } }]);
  expect(held).toMatchObject({ resolvesAt: until, next: { at: until, what: 'resolve' } });
});

it('says nothing of what comes next once it is resolved', () => {
  const data = { at: openedAt, reason: 'unheard' as const, positions: {} };
  const view = viewOf([...opening(), { type: 'IncidentResolved', data }]);
  expect(view).toMatchObject({ resolvedReason: 'unheard' });
  expect(view).not.toHaveProperty('next');
});

it('survives JSON unchanged', () => {
  const view = viewOf(opening());
  expect(JSON.parse(JSON.stringify(view))).toStrictEqual(view);
});
