import type { IncidentEvent, LanePositions } from '../events/incident-events.ts';
import { limits } from '../limits.ts';
import { unreachable } from '../never.ts';
import { mostSevere, type Severity, severityRank } from '../severity.ts';
import type { Incident, IncidentState, PendingNotification, PostedMessage, Summons } from './incident.ts';

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
    attached: 0,
    cleared: 0,
    samples: [],
    positions: {},
    pending: [],
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
    case 'NotificationRequested':
      return requested(state, event.data);
    case 'NotificationDelivered':
      return delivered(state, event.data);
    case 'NotificationFailed':
      return { ...state, pending: withoutKey(state.pending, event.data.key) };
    case 'NotificationDeadLettered':
      return deadLettered(state, event.data.key);
    case 'IncidentAcknowledged':
      return {
        ...withoutSummons(withoutSnooze(state)),
        status: 'acknowledged',
        acknowledgedAt: event.data.at,
        acknowledgedBy: event.data.by,
        positions: laterPositions(state.positions, event.data.positions ?? {}),
      };
    case 'IncidentSnoozed':
      return { ...withoutSummons(state), status: 'snoozed', snoozedUntil: event.data.until };
    case 'IncidentEscalated':
      return summoned(state, { reason: 'escalated', at: event.data.at });
    case 'IncidentReassigned':
      return summoned(state, { reason: 'reassigned', at: event.data.at, targets: event.data.targets });
    case 'IncidentNoted':
      return state;
    case 'EscalationExhausted':
      return state.ladder === undefined ? state : { ...state, ladder: { ...state.ladder, exhausted: true } };
    case 'IncidentResolved':
      return {
        ...withoutSummons(withoutSnooze(state)),
        status: 'resolved',
        resolvedAt: event.data.at,
        resolvedReason: event.data.reason,
        ...(event.data.by !== undefined && { resolvedBy: event.data.by }),
        positions: laterPositions(state.positions, event.data.positions),
      };
    default:
      return unreachable(event);
  }
}

function attached(state: Incident, data: EventOf<'AlertsAttached'>): Incident {
  const next: Incident = {
    ...state,
    attached: state.attached + data.count,
    severity: mostSevere(state.severity, data.severity),
    samples: [...state.samples, ...data.sample].slice(0, limits.maxSamples),
    positions: laterPositions(state.positions, data.positions),
  };
  return endsQuiet(state, data.severity) ? summoned(next, { reason: 'severity_raised', at: data.at }) : next;
}

/** A higher severity that joins ends an acknowledgement or a snooze: what was agreed to was something lesser. */
function endsQuiet(state: Incident, severity: Severity): boolean {
  const isQuiet = state.status === 'acknowledged' || state.status === 'snoozed';
  return isQuiet && severityRank(severity) < severityRank(state.severity);
}

function stepStarted(state: Incident, data: EventOf<'StepStarted'>): Incident {
  const repeats = state.ladder?.repeats ?? 0;
  return {
    ...withoutSummons(withoutSnooze(state)),
    status: 'open',
    ladder: {
      round: data.round,
      step: data.step,
      startedAt: data.at,
      waitMs: data.waitMs,
      repeats: repeatsAfter(repeats, data.reason),
      exhausted: false,
      pages: 0,
      deadPages: 0,
    },
  };
}

function repeatsAfter(repeats: number, reason: EventOf<'StepStarted'>['reason']): number {
  if (reason === 'repeat') return repeats + 1;
  return reason === 'snooze_ended' || reason === 'severity_raised' ? 0 : repeats;
}

function requested(state: Incident, data: EventOf<'NotificationRequested'>): Incident {
  const { key, kind, round, step, target, providerId } = data;
  const pending: PendingNotification = {
    key,
    kind,
    round,
    step,
    target,
    ...(providerId !== undefined && { providerId }),
  };
  const isPage = kind === 'page';
  const { ladder } = state;
  return {
    ...state,
    requested: state.requested + 1,
    pending: [...state.pending, pending],
    messages: isPage ? state.messages : showing(state.messages, providerId, state.status),
    ...(isPage && ladder !== undefined && { ladder: { ...ladder, pages: ladder.pages + 1 } }),
  };
}

function showing(
  messages: readonly PostedMessage[],
  providerId: string | undefined,
  shows: Incident['status'],
) {
  return messages.map((message) => (message.providerId === providerId ? { ...message, shows } : message));
}

function delivered(state: Incident, data: EventOf<'NotificationDelivered'>): Incident {
  const notification = state.pending.find(({ key }) => key === data.key);
  const next = { ...state, delivered: state.delivered + 1, pending: withoutKey(state.pending, data.key) };
  if (notification === undefined || !notification.target.updates) return next;
  if (notification.kind !== 'page') return movedMessage(next, notification, data.providerId);
  const { target, round, step } = notification;
  const message: PostedMessage = { target, providerId: data.providerId, round, step, shows: 'open' };
  return { ...next, messages: [...next.messages, message].slice(-limits.maxPostedMessages) };
}

/** An edit that had to be posted anew has a new id; later edits go there. */
function movedMessage(state: Incident, edit: PendingNotification, providerId: string): Incident {
  const moved = state.messages.map((message) =>
    message.providerId === edit.providerId ? { ...message, providerId } : message,
  );
  return { ...state, messages: moved };
}

function deadLettered(state: Incident, key: string): Incident {
  const notification = state.pending.find((candidate) => candidate.key === key);
  const next = { ...state, deadLettered: state.deadLettered + 1, pending: withoutKey(state.pending, key) };
  const { ladder } = next;
  const isOfThisStep =
    notification?.kind === 'page' &&
    notification.round === ladder?.round &&
    notification.step === ladder.step;
  if (!isOfThisStep || ladder === undefined) return next;
  return { ...next, ladder: { ...ladder, deadPages: ladder.deadPages + 1 } };
}

function summoned(state: Incident, summons: Summons): Incident {
  return { ...withoutSnooze(state), status: 'open', summons };
}

function withoutSummons({ summons: _, ...state }: Incident): Incident {
  return state;
}

function withoutSnooze({ snoozedUntil: _, ...state }: Incident): Incident {
  return state;
}

function withoutKey(pending: readonly PendingNotification[], key: string): PendingNotification[] {
  return pending.filter((notification) => notification.key !== key);
}

export function laterPositions(a: LanePositions, b: LanePositions): LanePositions {
  const later: Record<string, number> = { ...a };
  for (const [lane, position] of Object.entries(b)) later[lane] = Math.max(later[lane] ?? -1, position);
  return later;
}
