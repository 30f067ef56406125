import { cutText } from '../../domain/alert/alert.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import { headingOf, referenceOf } from '../text/heading.ts';
import { printable } from '../text/printable.ts';
import { septetsOf } from './gsm7.ts';

/** Three parts of 153 septets. */
const maxSeptets = 459;
/** Four parts of 67 UTF-16 units: what one emoji makes of a message. */
const maxUnits = 268;
/** In characters of GSM-7, as `…` is none. */
const cutMark = '...';

/** An SMS of at most four parts. Its reference is never cut: by it the message is found again. */
export function smsText(request: NotificationRequest): string {
  const { kind, incident, notes = [], key } = request;
  const count = incident.alertCount === 1 ? '' : ` (${incident.alertCount} alerts)`;
  const withdrawn = kind === 'undo' ? ['nobody needs to act on it'] : [];
  const told = [incident.title, ...withdrawn, ...notes].map(oneLine).join('; ');
  return fitted({
    head: `${cutText(oneLine(headingOf(request)), 60)}: `,
    middle: told,
    tail: `${count}${smsReference(key)}`,
  });
}

/** How every SMS under this key ends; what stands before it changes with the incident. */
export function smsReference(key: string): string {
  return ` ref ${referenceOf(key)}`;
}

interface SmsParts {
  readonly head: string;
  /** Cut where it is too long. */
  readonly middle: string;
  readonly tail: string;
}

/** Cut between code points, measured as the network will count it: one character outside of GSM-7 makes all of it UCS-2. */
function fitted({ head, middle, tail }: SmsParts): string {
  const isGsm = [...head, ...middle, ...tail].every((character) => septetsOf(character) !== undefined);
  const sizeOf = (text: string) =>
    isGsm ? [...text].reduce((sum, character) => sum + (septetsOf(character) ?? 0), 0) : text.length;
  const room = (isGsm ? maxSeptets : maxUnits) - sizeOf(head) - sizeOf(tail);
  if (sizeOf(middle) <= room) return `${head}${middle}${tail}`;

  let kept = '';
  let left = room - sizeOf(cutMark);
  for (const character of middle) {
    left -= sizeOf(character);
    if (left < 0) break;
    kept += character;
  }
  return `${head}${kept}${cutMark}${tail}`;
}

function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim());
}
