import type { DeliveryAttempted, DeliveryDiscarded } from '../domain/events/delivery-events.ts';
import type { IncidentEvent, SkipReason, StepReason } from '../domain/events/incident-events.ts';
import { unreachable } from '../domain/never.ts';

type ResolvedData = Extract<IncidentEvent, { type: 'IncidentResolved' }>['data'];

const stepReasons: Record<StepReason, string> = {
  opened: 'the incident opened',
  not_acknowledged: 'nobody acknowledged in time',
  undeliverable: 'no page of the step before could be delivered',
  repeat: 'nobody answered the last round',
  escalated: 'escalated by hand',
  reassigned: 'reassigned',
  snooze_ended: 'the snooze ended',
  severity_raised: 'the severity rose',
  acknowledgement_expired: 'the acknowledgement expired',
  skipped: 'the step before was skipped',
  exhausted: 'every step was taken without an answer',
};

const skipReasons: Record<SkipReason, string> = {
  condition: 'its condition did not hold',
  nobody: 'it found nobody to page',
  superseded: 'the next one was due as well, after paging was down',
  too_old: 'it was due too long ago',
};

const resolvedBecause: Record<ResolvedData['reason'], string> = {
  cleared: 'all alerts cleared',
  by_human: 'by hand',
  unheard: 'nothing was heard of its alerts any more',
};

/** What is known of a notification besides the event itself. */
export interface NotificationFacts {
  readonly kind: string;
  readonly target: string;
}

/** One line for a human. Steps and rounds count from 1 here, as people do. */
export function summarise(event: IncidentEvent, about: NotificationFacts | undefined): string {
  switch (event.type) {
    case 'IncidentOpened':
      return `opened: ${event.data.title}`;
    case 'AlertsAttached':
      return event.data.count === 0
        ? `severity is ${event.data.severity}`
        : `${counted(event.data.count, 'alert')} joined, severity ${event.data.severity}`;
    case 'AlertsCleared':
      return `${counted(event.data.count, 'alert')} cleared`;
    case 'StepStarted':
      return summariseStep(event.data);
    case 'StepSkipped':
      return withNotes(`skipped ${placeOf(event.data)}: ${skipReasons[event.data.reason]}`, event.data.notes);
    case 'StepDelayed':
      return `${placeOf(event.data)} waits until ${event.data.until}, as its urgency is low`;
    case 'NotificationRequested':
      return `${event.data.kind} to ${event.data.target.name} requested`;
    case 'NotificationDelivered':
      return `${named(about)} is through after ${counted(event.data.attempts, 'attempt')}`;
    case 'NotificationFailed':
      return `${named(about)} withdrawn: ${event.data.reason}`;
    case 'NotificationDeadLettered':
      return `${named(about)} given up after ${counted(event.data.attempts, 'attempt')}: ${event.data.reason}`;
    case 'NotificationRedelivered':
      return `${named(about)} is sent again, by ${event.data.by}`;
    case 'NotificationUndone':
      return `${named(about)} was taken back`;
    case 'AcknowledgementExpired':
      return 'the acknowledgement expired without a resolution';
    case 'ResolutionHeld':
      return `nothing fires any more: resolves at ${event.data.until} unless something does again`;
    case 'IncidentAcknowledged':
      return `acknowledged by ${event.data.by}`;
    case 'IncidentSnoozed':
      return `snoozed until ${event.data.until} by ${event.data.by}`;
    case 'IncidentEscalated':
      return `escalated by ${event.data.by}`;
    case 'IncidentReassigned':
      return `reassigned to ${listed(event.data.targets)} by ${event.data.by}`;
    case 'IncidentNoted':
      return `note by ${event.data.by}: ${event.data.text}`;
    case 'EscalationExhausted':
      return 'every step and repeat is spent, and nobody answered';
    case 'IncidentResolved':
      return event.data.by === undefined
        ? `resolved: ${resolvedBecause[event.data.reason]}`
        : `resolved by ${event.data.by}`;
    default:
      return unreachable(event);
  }
}

/** As in `page to channel:ops delivered (attempt 1, 200, 34 ms)`. */
export function summariseAttempt(
  data: DeliveryAttempted['data'],
  about: NotificationFacts | undefined,
): string {
  const target = about?.target ?? `channel:${data.channel}`;
  const outcome = {
    delivered: 'delivered',
    retry: 'not accepted yet',
    rejected: 'rejected',
    unknown: 'unclear',
  };
  const answer = [`attempt ${data.attempt}`, data.status, `${Math.round(data.durationMs)} ms`, data.reason];
  const known = answer.filter((part) => part !== undefined);
  return `${data.kind} to ${target} ${outcome[data.outcome]} (${known.join(', ')})`;
}

/** As in `page to channel:ops: dead letter discarded by amy: the phone was used`. */
export function summariseDiscard(
  { by, reason }: DeliveryDiscarded['data'],
  about: NotificationFacts | undefined,
): string {
  return `${named(about)}: dead letter discarded by ${by}: ${reason}`;
}

function summariseStep(data: Extract<IncidentEvent, { type: 'StepStarted' }>['data']): string {
  const whom = [...data.targets.map(({ name }) => name), ...(data.people ?? []).map(nameOfPerson)];
  const place = data.reason === 'exhausted' ? 'the last resort' : placeOf(data);
  return withNotes(`${place} began, because ${stepReasons[data.reason]}: ${whom.join(', ')}`, data.notes);
}

function nameOfPerson({ user, via }: { readonly user: string; readonly via?: string }): string {
  return via === undefined ? `user:${user}` : `user:${user} (${via})`;
}

function placeOf({ round, step }: { readonly round: number; readonly step: number }): string {
  return `step ${step + 1} of round ${round + 1}`;
}

function withNotes(text: string, notes: readonly string[] = []): string {
  return [text, ...notes].join('; ');
}

function named(about: NotificationFacts | undefined): string {
  return about === undefined ? 'notification' : `${about.kind} to ${about.target}`;
}

function listed(targets: readonly { readonly name: string }[]): string {
  return targets.map(({ name }) => name).join(', ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
