import type { IncidentEvent, LanePositions, NotificationKind } from '../events/incident-events.ts';
import { incidentWorkflowIdOf, notificationKeyOf } from '../ids.ts';
import { limits } from '../limits.ts';
import { unreachable } from '../never.ts';
import type { Plan } from '../policy/plan.ts';
import type { PolicySnapshot, Target } from '../policy/policy.ts';
import { mostSevere } from '../severity.ts';
import { laterPositions } from './evolve.ts';
import type { Incident, PostedMessage } from './incident.ts';
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

/** None of the incident's alerts fires any more. */
export function resolveCleared(incident: Incident, at: string): IncidentEvent[] {
  if (incident.status === 'resolved') return [];
  return [{ type: 'IncidentResolved', data: { at, reason: 'cleared', positions: incident.positions } }];
}

export function positionsOf(references: readonly AlertReference[]): LanePositions {
  return references.reduce<LanePositions>(
    (positions, { lane, position }) => laterPositions(positions, { [lane]: position }),
    {},
  );
}

/** A step with one page per target, each under the key that it keeps for life. */
export function startStep(
  incident: Incident,
  plan: Extract<Plan, { kind: 'start_step' }>,
  at: string,
): IncidentEvent[] {
  const { round, step, reason, targets, waitMs } = plan;
  const dueAt = new Date(plan.dueMs).toISOString();
  const distinct = [...new Map(targets.map((target) => [target.name, target])).values()];
  return [
    { type: 'StepStarted', data: { at, round, step, reason, dueAt, waitMs, targets: distinct } },
    ...distinct.map((target) => request({ incident, kind: 'page', round, step, sequence: 0, target, at })),
  ];
}

/** Edits for the messages that no longer tell the truth; one edit per message at a time. */
export function requestEdits(incident: Incident, at: string): IncidentEvent[] {
  return incident.messages
    .filter((message) => message.shows !== incident.status && !isBeingEdited(incident, message))
    .map(({ target, round, step, providerId }, index) =>
      request({
        incident,
        kind: incident.status === 'resolved' ? 'resolved' : 'update',
        round,
        step,
        sequence: incident.requested + index,
        target,
        at,
        providerId,
      }),
    );
}

function isBeingEdited(incident: Incident, message: PostedMessage): boolean {
  return incident.pending.some(({ providerId }) => providerId === message.providerId);
}

interface RequestOptions {
  readonly incident: Incident;
  readonly kind: NotificationKind;
  readonly round: number;
  readonly step: number;
  readonly sequence: number;
  readonly target: Target;
  readonly at: string;
  readonly providerId?: string;
}

function request({
  incident,
  kind,
  round,
  step,
  sequence,
  target,
  at,
  providerId,
}: RequestOptions): IncidentEvent {
  const key = notificationKeyOf({
    tenant: incident.tenant,
    incidentId: incident.id,
    kind,
    round,
    step,
    target: target.name,
    channel: target.channel,
    sequence,
  });
  const data = {
    at,
    key,
    kind,
    round,
    step,
    sequence,
    target,
    ...(providerId !== undefined && { providerId }),
  };
  return { type: 'NotificationRequested', data };
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
