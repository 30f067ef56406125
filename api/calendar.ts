import { uuidV5 } from '../domain/ids.ts';
import type { Shift } from '../domain/people/on-call.ts';

export interface CalendarOptions {
  /** The schedule's. */
  readonly name: string;
  readonly shifts: readonly Shift[];
  /** Shifts without an end are told up to here; milliseconds since 1970. */
  readonly untilMs: number;
  readonly nowMs: number;
}

/** RFC 5545, section 3.1: octets of a line without its break. */
const maxLineBytes = 75;

/**
 * Shifts as a calendar of RFC 5545. All times are in UTC, so that no reader needs to know the schedule's time zone, and
 * a shift keeps its UID as long as it keeps its start.
 */
export function calendarOf({ name, shifts, untilMs, nowMs }: CalendarOptions): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//tocsin//on call//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${escaped(`on call: ${name}`)}`,
    `X-WR-CALNAME:${escaped(`on call: ${name}`)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    // section 3.6 wants at least one component, and there may be no shift
    ...['BEGIN:VTIMEZONE', 'TZID:Etc/UTC', 'BEGIN:STANDARD', 'DTSTART:19700101T000000'],
    ...['TZOFFSETFROM:+0000', 'TZOFFSETTO:+0000', 'TZNAME:UTC', 'END:STANDARD', 'END:VTIMEZONE'],
    ...shifts.flatMap((shift) => eventOf(shift, { name, untilMs, nowMs })),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function eventOf(shift: Shift, { name, untilMs, nowMs }: Omit<CalendarOptions, 'shifts'>): readonly string[] {
  const { user, via, fromMs } = shift;
  const reason = via.kind === 'override' ? 'override' : `layer ${via.layer}`;
  return [
    'BEGIN:VEVENT',
    `UID:${uuidV5(JSON.stringify(['shift', name, user, via, fromMs]))}@tocsin`,
    `DTSTAMP:${utcOf(nowMs)}`,
    `DTSTART:${utcOf(fromMs)}`,
    `DTEND:${utcOf(Number.isFinite(shift.untilMs) ? shift.untilMs : Math.max(untilMs, fromMs + 1_000))}`,
    `SUMMARY:${escaped(`${user} is on call: ${name}`)}`,
    `DESCRIPTION:${escaped(`by ${reason}`)}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

/** Section 3.3.5, form 2: `20260105T090000Z`. */
function utcOf(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** Section 3.3.11. */
function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r\n|\r|\n/g, '\\n');
}

/** Section 3.1: what is too long goes on in the next line behind a space; no character is torn apart. */
function folded(line: string): string {
  if (Buffer.byteLength(line) <= maxLineBytes) return line;
  let text = '';
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > maxLineBytes) {
      text += '\r\n ';
      bytes = 1;
    }
    text += character;
    bytes += size;
  }
  return text;
}
