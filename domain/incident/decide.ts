import type { IncidentEvent, LanePositions } from '../events/incident-events.ts';
import { incidentWorkflowIdOf } from '../ids.ts';
import { limits } from '../limits.ts';
import { unreachable } from '../never.ts';
import { planNext } from '../policy/plan.ts';
import type { PolicySnapshot } from '../policy/policy.ts';
import { mostSevere } from '../severity.ts';
import { laterPositions } from './evolve.ts';
import type { Incident } from './incident.ts';
import type { AlertReference, IncidentCommand, IncidentSubject } from './protocol.ts';

/** Opens an incident for the first alert that fired; `at` is ISO 8601. */
export function openIncident(
  subject: IncidentSubject,
  first: AlertReference,
  policy: PolicySnapshot,
  { at, groupWaitMs }: { readonly at: string; readonly groupWaitMs: number | undefined },
): IncidentEvent {
  return {
    type: 'IncidentOpened',
    data: {
      at,
      incidentId: first.incidentId,
      tenant: subject.tenant,
      workflowId: incidentWorkflowIdOf(subject),
      route: subject.route,
      groupLabels: subject.groupLabels,
      policy,
      title: first.title,
      severity: first.severity,
      ...(groupWaitMs !== undefined && { groupWaitMs }),
    },
  };
}

/** What the incident has not taken in yet, by its place in the log. */
export function unseen(positions: LanePositions, references: readonly AlertReference[]): AlertReference[] {
  return references.flatMap((reference) => {
    const seen = positions[reference.lane] ?? -1;
    if (reference.position <= seen) return [];
    const { also } = reference;
    return also === undefined ? [reference] : [{ ...reference, also: also.filter((it) => it > seen) }];
  });
}

function eventsBehind(references: readonly AlertReference[]): number {
  return references.reduce((sum, { also }) => sum + 1 + (also?.length ?? 0), 0);
}

/** Takes in what fired or changed; a change alone is a fact only if it raises the severity. */
export function attachAlerts(
  incident: Incident,
  references: readonly AlertReference[],
  at: string,
): IncidentEvent[] {
  const fired = references.filter(({ kind }) => kind === 'fired');
  const relevant = references.filter(({ kind }) => kind === 'fired' || kind === 'changed');
  const severity = relevant.reduce(
    (top, reference) => mostSevere(top, reference.severity),
    incident.severity,
  );
  if (fired.length === 0 && severity === incident.severity) return [];
  const room = limits.maxSamples - incident.samples.length;
  const sample = fired
    .flatMap((reference) => (reference.sample === undefined ? [] : [reference.sample]))
    .slice(0, room);
  const isFirst = incident.attached === 0;
  const count = eventsBehind(fired.filter(({ replaces }) => isFirst || !replaces));
  return [
    { type: 'AlertsAttached', data: { at, count, severity, sample, positions: positionsOf(references) } },
  ];
}

export function clearAlerts(references: readonly AlertReference[], at: string): IncidentEvent[] {
  const cleared = references.filter(({ kind }) => kind === 'cleared');
  if (cleared.length === 0) return [];
  const count = eventsBehind(cleared);
  return [{ type: 'AlertsCleared', data: { at, count, positions: positionsOf(cleared) } }];
}

/** The sender of one of its alerts says that somebody takes care of it: that counts for the incident. */
export function acknowledgeBySender(
  incident: Incident,
  references: readonly AlertReference[],
  at: string,
): IncidentEvent[] {
  const last = references.findLast(({ kind }) => kind === 'acknowledged');
  if (last === undefined || (incident.status !== 'open' && incident.status !== 'snoozed')) return [];
  return [{ type: 'IncidentAcknowledged', data: { at, by: last.source, positions: positionsOf([last]) } }];
}

/** None of the incident's alerts fires any more: it is over, or over soon where its policy waits for what comes back. */
export function resolveCleared(incident: Incident, nowMs: number, at: string): IncidentEvent[] {
  if (incident.status === 'resolved' || incident.held !== undefined) return [];
  const { resolveHoldMs = 0 } = incident.policy;
  if (resolveHoldMs === 0) return [resolvedBecause(incident, 'cleared', at)];
  return [{ type: 'ResolutionHeld', data: { at, until: new Date(nowMs + resolveHoldMs).toISOString() } }];
}

/** What ends by time alone: an incident whose end was held, one that nothing was heard of, an acknowledgement. */
export function endByClock(incident: Incident, nowMs: number, at: string): IncidentEvent[] {
  const plan = planNext(incident, nowMs);
  switch (plan.kind === 'act' ? plan.what : undefined) {
    case 'resolve':
      return [resolvedBecause(incident, 'cleared', at)];
    case 'auto_resolve':
      return [resolvedBecause(incident, 'unheard', at)];
    case 'acknowledgement_end':
      return [{ type: 'AcknowledgementExpired', data: { at } }];
    default:
      return [];
  }
}

function resolvedBecause({ positions }: Incident, reason: 'cleared' | 'unheard', at: string): IncidentEvent {
  return { type: 'IncidentResolved', data: { at, reason, positions } };
}

export function positionsOf(references: readonly AlertReference[]): LanePositions {
  return references.reduce<LanePositions>(
    (positions, { lane, position }) => laterPositions(positions, { [lane]: position }),
    {},
  );
}

/** Events of a human's command on an incident that is not resolved; none if it changes nothing. */
export function decideCommand(
  incident: Incident,
  { name, command }: IncidentCommand,
  at: string,
): IncidentEvent[] {
  const { by } = command;
  switch (name) {
    case 'acknowledge':
      return incident.status === 'acknowledged' ? [] : [{ type: 'IncidentAcknowledged', data: { at, by } }];
    case 'resolve':
      return [
        { type: 'IncidentResolved', data: { at, by, reason: 'by_human', positions: incident.positions } },
      ];
    case 'escalate':
      return [{ type: 'IncidentEscalated', data: { at, by } }];
    case 'snooze':
      return [{ type: 'IncidentSnoozed', data: { at, by, until: command.until } }];
    case 'reassign':
      return [{ type: 'IncidentReassigned', data: { at, by, targets: command.targets } }];
    case 'note':
      return [{ type: 'IncidentNoted', data: { at, by, text: command.text } }];
    default:
      return unreachable(name);
  }
}
