import fc from 'fast-check';
import { expect, test } from 'vitest';
import { passesLuhn, redactCardNumbers } from './card-numbers.ts';
import { redacted } from './redaction.ts';

function redact(text: string): { text: string; count: number } {
  let count = 0;
  const left = redactCardNumbers(text, (kind) => {
    expect(kind).toBe('card_number');
    count += 1;
  });
  return { text: left, count };
}

/** Appends the digit that makes a number valid. */
function withCheckDigit(digits: string): string {
  const check = [...'0123456789'].find((digit) => passesLuhn(digits + digit));
  return digits + (check ?? '');
}

/** Every number that groups of digits in the text may be, in the plainest way. */
function cardsIn(text: string): string[] {
  const groups = [...text.matchAll(/\d+/g)].map(({ 0: digits, index }) => ({ digits, index }));
  return groups.flatMap((first, at) => {
    const isFraction = /\d\.$/.test(text.slice(0, first.index));
    return groups.slice(at).flatMap((last) => {
      const whole = text.slice(first.index, last.index + last.digits.length);
      const digits = whole.replace(/[ -]/g, '');
      const isNumber = /^\d+(?:[ -]\d+)*$/.test(whole) && digits.length >= 13 && digits.length <= 19;
      return isNumber && !isFraction && passesLuhn(digits) ? [whole] : [];
    });
  });
}

test.each([
  ['4111111111111111', '16 digits'],
  ['378282246310005', '15 digits'],
  ['4222222222222', '13 digits'],
  ['6304000000000000018', '19 digits'],
  ['4111 1111 1111 1111', 'spaces'],
  ['3782-822463-10005', 'dashes'],
])('takes out %s: %s', (number) => {
  expect(redact(`paid with ${number}, thanks`)).toEqual({ text: `paid with ${redacted}, thanks`, count: 1 });
});

test('finds a number behind other digits, and several in a row', () => {
  expect(redact('order 12 4111 1111 1111 1111').text).toBe(`order 12 ${redacted}`);
  expect(redact('4111 1111 1111 1111 4111 1111 1111 1111')).toEqual({
    text: `${redacted} ${redacted}`,
    count: 2,
  });
});

test.each([
  ['a wrong check digit', '4111111111111112'],
  ['12 digits', withCheckDigit('41111111111')],
  ['20 digits', withCheckDigit('4111111111111111111')],
  ['two spaces', '4111 1111 1111  1111'],
  ['a fraction', '0.4111111111111111'],
  ['an instant', '2026-08-01T10:00:00.000Z'],
  ['an address', '10.0.0.1:9090'],
])('leaves %s alone', (_, text) => {
  expect(redact(text)).toEqual({ text, count: 0 });
});

const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(' ', '-', '.', 'x', '  ', ', '),
      fc.stringMatching(/^\d{1,20}$/),
      fc.stringMatching(/^\d{12,18}$/).map(withCheckDigit),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

test('leaves no number that passes the check, and nothing else is touched', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const left = redact(text);
      expect(cardsIn(left.text)).toEqual([]);
      expect(left.count > 0).toBe(cardsIn(text).length > 0);
      expect(redact(left.text).text).toBe(left.text);
      let at = 0;
      for (const part of left.text.split(redacted)) {
        at = text.indexOf(part, at);
        expect(at).toBeGreaterThanOrEqual(0);
        at += part.length;
      }
    }),
    { numRuns: 1_000 },
  );
});

test('digits without end take linear time', () => {
  for (const piece of ['1', '1 ', '4111 ', '4111111111111112 ']) {
    const text = piece.repeat(1_000_000 / piece.length);
    expect(redact(text).text.length).toBeGreaterThan(0);
  }
});
