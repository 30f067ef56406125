import type { IncidentEvent, LanePositions } from '../events/incident-events.ts';
import { limits } from '../limits.ts';
import { unreachable } from '../never.ts';
import { isChannel } from '../policy/plan.ts';
import { urgencyOf } from '../policy/urgency.ts';
import { mostSevere, type Severity, severityRank } from '../severity.ts';
import { undone } from './bundles.ts';
import { deadLettered, delivered, redelivered, requested, withdrawn } from './evolve-notifications.ts';
import {
  exhausted,
  stepDelayed,
  stepSkipped,
  stepStarted,
  withoutDelay,
  withoutSnooze,
  withoutSummons,
} from './evolve-steps.ts';
import type { Delay, Incident, IncidentState, Summons } from './incident.ts';

type EventOf<T extends IncidentEvent['type']> = Extract<IncidentEvent, { type: T }>['data'];

/** Folds one event; `version` is its place in the stream. A stream that does not begin with `IncidentOpened` is a bug. */
export function evolve(state: IncidentState, version: number, event: IncidentEvent): Incident {
  if (event.type === 'IncidentOpened') return opened(version, event.data);
  if (state === undefined) throw new Error(`${event.type} before IncidentOpened`);
  return { ...change(state, event), version };
}

function opened(version: number, data: EventOf<'IncidentOpened'>): Incident {
  return {
    version,
    id: data.incidentId,
    tenant: data.tenant,
    workflowId: data.workflowId,
    route: data.route,
    groupLabels: data.groupLabels,
    policy: data.policy,
    title: data.title,
    severity: data.severity,
    status: 'open',
    openedAt: data.at,
    groupWaitMs: data.groupWaitMs ?? 0,
    lastHeardAt: data.at,
    attached: 0,
    cleared: 0,
    samples: [],
    positions: {},
    chains: [],
    bundles: [],
    paged: [],
    pending: [],
    deadLetters: [],
    messages: [],
    requested: 0,
    delivered: 0,
    deadLettered: 0,
  };
}

function change(state: Incident, event: Exclude<IncidentEvent, { type: 'IncidentOpened' }>): Incident {
  switch (event.type) {
    case 'AlertsAttached':
      return attached(state, event.data);
    case 'AlertsCleared':
      return {
        ...state,
        cleared: state.cleared + event.data.count,
        positions: laterPositions(state.positions, event.data.positions),
      };
    case 'StepStarted':
      return stepStarted(state, event.data);
    case 'StepSkipped':
      return stepSkipped(state, event.data);
    case 'StepDelayed':
      return stepDelayed(state, event.data);
    case 'NotificationRequested':
      return requested(state, event.data);
    case 'NotificationDelivered':
      return delivered(state, event.data);
    case 'NotificationFailed':
      return withdrawn(state, event.data);
    case 'NotificationDeadLettered':
      return deadLettered(state, event.data);
    case 'NotificationRedelivered':
      return redelivered(state, event.data);
    case 'NotificationUndone':
      return undone(state, event.data);
    case 'IncidentAcknowledged':
      return acknowledged(state, event.data);
    case 'AcknowledgementExpired':
      return acknowledgementExpired(state, event.data);
    case 'IncidentSnoozed':
      return { ...answered(state), status: 'snoozed', snoozedUntil: event.data.until };
    case 'IncidentEscalated':
      return summoned(state, { reason: 'escalated', at: event.data.at });
    case 'IncidentReassigned':
      return summoned(state, { reason: 'reassigned', at: event.data.at, targets: event.data.targets });
    case 'IncidentNoted':
      return state;
    case 'EscalationExhausted':
      return exhausted(state, event.data);
    case 'ResolutionHeld':
      return { ...state, held: { since: event.data.at, until: event.data.until } };
    case 'IncidentResolved':
      return resolved(state, event.data);
    default:
      return unreachable(event);
  }
}

function attached(state: Incident, data: EventOf<'AlertsAttached'>): Incident {
  const next: Incident = {
    ...withoutHold(state),
    ...(state.held !== undefined && { resumedAt: data.at }),
    attached: state.attached + data.count,
    severity: mostSevere(state.severity, data.severity),
    samples: [...state.samples, ...data.sample].slice(0, limits.maxSamples),
    positions: laterPositions(state.positions, data.positions),
    lastHeardAt: data.at,
  };
  if (endsQuiet(state, data.severity)) return summoned(next, { reason: 'severity_raised', at: data.at });
  return endsDelay(state, next) ? { ...next, delay: { ...state.delay, until: data.at } } : next;
}

/**
 * A higher severity that joins ends an acknowledgement or a snooze: what was agreed to was something lesser. It also begins
 * anew what was over: by another severity the steps may page somebody else, or the same people otherwise.
 */
function endsQuiet(state: Incident, severity: Severity): boolean {
  const isQuiet = state.status === 'acknowledged' || state.status === 'snoozed' || isOverForNow(state);
  return isQuiet && severityRank(severity) < severityRank(state.severity);
}

/** Every round was paged without an answer, by steps that ask who is to be paged. */
function isOverForNow({ status, ladder, policy }: Incident): boolean {
  const asks = policy.steps.some(({ targets, when = [] }) => when.length > 0 || !targets.every(isChannel));
  return status === 'open' && ladder?.exhausted === true && asks;
}

/** Only what is of low urgency waits for its hours. */
function endsDelay(state: Incident, next: Incident): state is Incident & { readonly delay: Delay } {
  if (state.delay === undefined || state.delay.until <= next.lastHeardAt) return false;
  return urgencyOf(next.severity, next.policy) === 'high';
}

function acknowledged(state: Incident, data: EventOf<'IncidentAcknowledged'>): Incident {
  const { remindedAt: _, ...fresh } = answered(withoutSnooze(state));
  return {
    ...fresh,
    status: 'acknowledged',
    acknowledgedAt: data.at,
    acknowledgedBy: data.by,
    positions: laterPositions(state.positions, data.positions ?? {}),
  };
}

/** Nobody has acknowledged any more, and the escalation is due since the acknowledgement's end. */
function acknowledgementExpired(state: Incident, { at }: EventOf<'AcknowledgementExpired'>): Incident {
  const { acknowledgedAt, acknowledgedBy: _, remindedAt: _2, ...rest } = state;
  const endMs = Date.parse(acknowledgedAt ?? at) + (state.policy.ackTimeoutMs ?? 0);
  const dueAt = new Date(Math.min(endMs, Date.parse(at))).toISOString();
  return summoned(rest, { reason: 'acknowledgement_expired', at: dueAt });
}

function resolved(state: Incident, data: EventOf<'IncidentResolved'>): Incident {
  return {
    ...withoutHold(answered(withoutSnooze(state))),
    status: 'resolved',
    resolvedAt: data.at,
    resolvedReason: data.reason,
    ...(data.by !== undefined && { resolvedBy: data.by }),
    positions: laterPositions(state.positions, data.positions),
  };
}

/** Somebody took care of it: no chain goes on, and no page of a step is taken back any more unless it failed before. */
function answered(state: Incident): Incident {
  const bundles = state.bundles.filter(({ hasFailed }) => hasFailed);
  return { ...withoutDelay(withoutSummons(state)), chains: [], bundles };
}

function summoned(state: Incident, summons: Summons): Incident {
  return { ...withoutDelay(withoutSnooze(state)), status: 'open', summons };
}

function withoutHold({ held: _, ...state }: Incident): Incident {
  return state;
}

export function laterPositions(a: LanePositions, b: LanePositions): LanePositions {
  const later: Record<string, number> = { ...a };
  for (const [lane, position] of Object.entries(b)) later[lane] = Math.max(later[lane] ?? -1, position);
  return later;
}
