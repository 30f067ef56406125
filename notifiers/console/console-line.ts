import { cutText } from '../../domain/alert/alert.ts';
import { unreachable } from '../../domain/never.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import { printable } from '../text/printable.ts';

/** One line of a terminal, such as `PAGE critical "disk full" step 1, round 1, incident … (2 alerts, channel oncall)`. */
export function consoleLine(request: NotificationRequest): string {
  return `${lineOf(request)}${notesOf(request)}`;
}

function lineOf(request: NotificationRequest): string {
  const { kind, incident, channel } = request;
  const title = quoted(incident.title);
  const about = `incident ${shown(incident.id)} (${countOf(incident.alertCount)}, channel ${shown(channel)})`;
  switch (kind) {
    case 'page':
      return `PAGE ${incident.severity} ${title} step ${request.step + 1}, round ${request.round + 1}, ${about}`;
    case 'update':
      return `UPDATE ${incident.severity} ${title} ${incident.state}${byOf(request)}, ${about}`;
    case 'resolved':
      return `RESOLVED ${incident.severity} ${title}${byOf(request)}, ${about}`;
    case 'reminder':
      return `REMINDER ${incident.severity} ${title} ${incident.state}${byOf(request)}, ${about}`;
    case 'undo':
      return `WITHDRAWN ${incident.severity} ${title}, ${about}`;
    case 'test':
      return `TEST ${title}${byOf(request)}, channel ${shown(channel)}`;
    default:
      return unreachable(kind);
  }
}

/** Quotes inside are escaped, so that a title cannot speak in tocsin's name. */
function quoted(text: string): string {
  return `"${shown(text).replaceAll('"', '\\"')}"`;
}

function shown(text: string): string {
  return cutText(printable(text.replaceAll('\\', '\\\\')), 300);
}

function byOf({ by }: NotificationRequest): string {
  return by === undefined ? '' : ` by ${quoted(by)}`;
}

function notesOf({ notes = [] }: NotificationRequest): string {
  return notes.map((note) => `; ${shown(note)}`).join('');
}

function countOf(alertCount: number): string {
  return alertCount === 1 ? '1 alert' : `${alertCount} alerts`;
}
