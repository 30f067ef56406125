import { cutText } from '../../domain/alert/alert.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import { headingOf } from '../text/heading.ts';
import { printable } from '../text/printable.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * What the call says, twice, as nobody listens at the first word. Within Twilio's 4,000 characters, whatever has to be
 * escaped.
 */
export function twimlOf(request: NotificationRequest): string {
  const { incident, notes = [], key } = request;
  const count = incident.alertCount === 1 ? '' : `${incident.alertCount} alerts.`;
  const note = notes[0] === undefined ? '' : `${spoken(notes[0], 60)}.`;
  const heading = spoken(headingOf(request).toLowerCase(), 40);
  const message = [`${heading}.`, `${spoken(incident.title, 150)}.`, count, note]
    .filter((part) => part !== '')
    .join(' ');
  return [
    // Twilio keeps no key of ours; it stands here for whoever reads what was asked
    `<Response><!-- ${key.replace(/\W/g, '').slice(0, 64)} -->`,
    `<Say>This is tocsin. ${message}</Say><Pause length="1"/>`,
    `<Say>I repeat: ${message}</Say></Response>`,
  ].join('');
}

/** Nothing in it acts as XML, nor lies outside of what XML may hold (XML 1.0, 2.2). */
function spoken(text: string, maxLength: number): string {
  const plain = printable(text.replace(/[\s\ufffe\uffff]+/g, ' '));
  return cutText(plain, maxLength).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
