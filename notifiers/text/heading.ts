import { unreachable } from '../../domain/never.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';

/** What a message is, in two or three words, such as `PAGE critical`. Plain text: `by` is not escaped. */
export function headingOf({ kind, incident, by }: NotificationRequest): string {
  const who = by === undefined ? '' : ` by ${by}`;
  switch (kind) {
    case 'page':
      return `PAGE ${incident.severity}`;
    case 'reminder':
      return `REMINDER ${incident.severity}`;
    case 'update':
      return `${incident.state.toUpperCase()}${who}`;
    case 'resolved':
      return `RESOLVED${who}`;
    case 'undo':
      return 'WITHDRAWN';
    case 'test':
      return `TEST${who}`;
    default:
      return unreachable(kind);
  }
}

/** How things stand, such as `critical · 3 alerts · open since 2026-03-01T12:00:00.000Z · step 1, round 1`. */
export function standingOf({ incident, kind, step, round }: NotificationRequest): string {
  const count = incident.alertCount === 1 ? '1 alert' : `${incident.alertCount} alerts`;
  const place = kind === 'page' ? ` · step ${step + 1}, round ${round + 1}` : '';
  return `${incident.severity} · ${count} · open since ${incident.openedAt}${place}`;
}

/** A few characters by which a message is found again where the provider keeps nothing else of ours. */
export function referenceOf(key: string): string {
  return key.slice(0, 12);
}
