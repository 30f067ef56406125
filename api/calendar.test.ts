import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CalendarOptions, calendarOf } from './calendar.ts';

const nowMs = Date.parse('2026-01-05T09:00:00.000Z');
const shift = {
  user: 'amy',
  via: { kind: 'layer', layer: 0 },
  fromMs: Date.parse('2026-01-05T08:00:00.000Z'),
  untilMs: Date.parse('2026-01-12T08:00:00.000Z'),
} as const;

function calendar(changes: Partial<CalendarOptions> = {}): string {
  return calendarOf({ name: 'payments', shifts: [shift], untilMs: nowMs + 86_400_000, nowMs, ...changes });
}

/** RFC 5545, section 3.1, from the other side: unfolded content lines as names and values. */
function parse(text: string): readonly (readonly [string, string])[] {
  expect(text.endsWith('\r\n')).toBe(true);
  const lines = text.slice(0, -2).split('\r\n');
  for (const line of lines) {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(line).not.toMatch(/[\r\n]/);
    expect(line.isWellFormed()).toBe(true);
  }
  return lines
    .join('\r\n')
    .replaceAll('\r\n ', '')
    .split('\r\n')
    .map((line) => {
      const [, name = '', value = ''] = /^([A-Z-]+)(?:;[^:]*)?:(.*)$/s.exec(line) ?? [];
      expect(name, line).not.toBe('');
      return [name, value];
    });
}

function unescaped(text: string): string {
  return text.replace(/\\([\\;,nN])/g, (_, character: string) =>
    character.toLowerCase() === 'n' ? '\n' : character,
  );
}

const valuesOf = (text: string, name: string) =>
  parse(text)
    .filter(([it]) => it === name)
    .map(([, value]) => value);

test('a shift is an event from its start to its end in UTC', () => {
  const text = calendar();
  expect(text.slice(text.indexOf('BEGIN:VEVENT'))).toBe(
    [
      'BEGIN:VEVENT',
      `UID:${valuesOf(text, 'UID')[0]}`,
      'DTSTAMP:20260105T090000Z',
      'DTSTART:20260105T080000Z',
      'DTEND:20260112T080000Z',
      'SUMMARY:amy is on call: payments',
      'DESCRIPTION:by layer 0',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n'),
  );
});

test('what begins also ends, in order', () => {
  const open: string[] = [];
  for (const [name, value] of parse(calendar({ shifts: [shift, { ...shift, user: 'bo' }] }))) {
    if (name === 'BEGIN') open.push(value);
    if (name === 'END') expect(open.pop()).toBe(value);
  }
  expect(open).toEqual([]);
});

test('a calendar without shifts still has a component, as section 3.6 wants', () => {
  expect(valuesOf(calendar({ shifts: [] }), 'BEGIN')).toEqual(['VCALENDAR', 'VTIMEZONE', 'STANDARD']);
});

test('a UID stays while the calendar is made anew, also when the shift ends elsewhere; other shifts have others', () => {
  const uid = (changes: object = {}, options: Partial<CalendarOptions> = {}) =>
    valuesOf(calendar({ shifts: [{ ...shift, ...changes }], ...options }), 'UID')[0];
  expect(uid({}, { nowMs: nowMs + 1 })).toBe(uid());
  expect(uid({ untilMs: shift.untilMs - 1 })).toBe(uid());
  const others = [
    uid(),
    uid({ user: 'bo' }),
    uid({ fromMs: shift.fromMs + 1_000 }),
    uid({}, { name: 'web' }),
  ];
  expect(new Set(others).size).toBe(4);
});

test('a shift without an end is told as far as the calendar goes', () => {
  const text = calendar({ shifts: [{ ...shift, untilMs: Number.POSITIVE_INFINITY }] });
  expect(valuesOf(text, 'DTEND')).toEqual(['20260106T090000Z']);
});

test('any text survives escaping and folding, and no line is longer than 75 octets', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (user) => {
      const [summary = ''] = valuesOf(calendar({ shifts: [{ ...shift, user }] }), 'SUMMARY');
      expect(unescaped(summary)).toBe(`${user.replace(/\r\n|\r/g, '\n')} is on call: payments`);
    }),
  );
});
