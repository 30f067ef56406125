import type { DeliveryAttempted } from '../domain/events/delivery-events.ts';
import type { IncidentEvent, StepReason } from '../domain/events/incident-events.ts';
import { unreachable } from '../domain/never.ts';

const stepReasons: Record<StepReason, string> = {
  opened: 'the incident opened',
  not_acknowledged: 'nobody acknowledged in time',
  undeliverable: 'no page of the step before could be delivered',
  repeat: 'nobody answered the last round',
  escalated: 'escalated by hand',
  reassigned: 'reassigned',
  snooze_ended: 'the snooze ended',
  severity_raised: 'the severity rose',
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
    case 'NotificationRequested':
      return `${event.data.kind} to ${event.data.target.name} requested`;
    case 'NotificationDelivered':
      return `${named(about)} is through after ${counted(event.data.attempts, 'attempt')}`;
    case 'NotificationFailed':
      return `${named(about)} withdrawn: ${event.data.reason}`;
    case 'NotificationDeadLettered':
      return `${named(about)} given up after ${counted(event.data.attempts, 'attempt')}: ${event.data.reason}`;
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
      return event.data.by === undefined ? 'resolved: all alerts cleared' : `resolved by ${event.data.by}`;
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

function summariseStep(data: Extract<IncidentEvent, { type: 'StepStarted' }>['data']): string {
  const place = `step ${data.step + 1} of round ${data.round + 1}`;
  return `${place} began, because ${stepReasons[data.reason]}: ${listed(data.targets)}`;
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
