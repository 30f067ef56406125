import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NotificationKind } from '../../domain/events/incident-events.ts';
import { aNotification } from '../../test/support/a-notification.ts';
import { septetsOf } from './gsm7.ts';
import { smsText } from './sms-text.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const kinds: readonly NotificationKind[] = ['page', 'update', 'resolved', 'reminder', 'undo', 'test'];

/** Parts of a long SMS as networks count them: 153 septets each, or 67 UTF-16 units. */
function partsOf(text: string): number {
  const septets = [...text].map(septetsOf);
  if (septets.includes(undefined)) return Math.ceil(text.length / 67);
  return Math.ceil(septets.reduce<number>((sum, each) => sum + (each ?? 0), 0) / 153);
}

function titled(title: string): string {
  return smsText(aNotification({ incident: { title } }));
}

describe('SMS', () => {
  it('says what it is, what is wrong, and by which reference', () => {
    const request = aNotification({ incident: { alertCount: 3 }, notes: ['nobody is on call in payments'] });
    expect(smsText(request)).toBe(
      'PAGE critical: disk full on db1; nobody is on call in payments (3 alerts) ref a3f1c0dea3f1',
    );
  });

  it('fills three parts of GSM-7, and cuts there', () => {
    const text = titled('x'.repeat(1_000));
    expect(text).toHaveLength(459);
    expect(text).toMatch(/x\.\.\. ref a3f1c0dea3f1$/);
    expect(partsOf(text)).toBe(3);
  });

  it('counts characters of the extension table twice', () => {
    const text = titled('€'.repeat(1_000));
    expect(partsOf(text)).toBe(3);
    expect(text.length).toBeLessThan(260);
  });

  it('is shorter once one character is none of GSM-7', () => {
    const text = titled(`${'x'.repeat(1_000)}😀`);
    expect(text).toHaveLength(268);
  });

  it('keeps German text in GSM-7', () => {
    expect(partsOf(titled('Füllstand über 90 %, größer als erlaubt'.repeat(3)))).toBe(1);
  });

  it(`has at most four parts on one line, whatever the alert says (seed ${seed})`, () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.string({ unit: 'grapheme', maxLength: 600 }),
      fc.constantFrom('€~[]', '😀'.repeat(200), '\r\n\u001b[31m'),
    );
    fc.assert(
      fc.property(text, text, text, fc.nat(), (title, by, note, alertCount) => {
        for (const kind of kinds) {
          const sms = smsText(aNotification({ kind, by, notes: [note], incident: { title, alertCount } }));
          expect(partsOf(sms)).toBeLessThanOrEqual(4);
          expect(sms.length).toBeLessThanOrEqual(480);
          expect(sms).toMatch(/ ref a3f1c0dea3f1$/);
          expect(sms).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e]/u);
        }
      }),
      { seed, numRuns: 200 },
    );
  }, 30_000);
});
