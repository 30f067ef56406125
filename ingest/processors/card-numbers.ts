import { type Redactor, redacted } from './redaction.ts';

const minDigits = 13;
const maxDigits = 19;

/** Thirteen digits with at most one space or dash between them: most texts go no further. */
const candidate = /\d(?:[ -]?\d){12}/;
const zero = 0x30;

/**
 * Replaces payment card numbers: 13 to 19 digits (ISO/IEC 7812-1) whose last is the check digit of Luhn's formula, in one
 * piece or in groups with one space or dash between them. A number begins and ends with a group, so a longer run of
 * digits hides none; and what follows a decimal point is a fraction, of which every tenth would look like a card.
 */
export const redactCardNumbers: Redactor = (text, onRedacted) => {
  if (!candidate.test(text)) return text;
  let result = '';
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    if (!isDigit(text, at)) {
      at += 1;
      continue;
    }
    const end = isFraction(text, at, copied) ? -1 : endOfCard(text, at);
    if (end === -1) {
      at = endOfGroup(text, at);
      continue;
    }
    onRedacted('card_number');
    result += text.slice(copied, at) + redacted;
    copied = end;
    at = end;
  }
  return copied === 0 ? text : result + text.slice(copied);
};

/** The end of the longest card number that begins with the group of digits at `start`, or -1. */
function endOfCard(text: string, start: number): number {
  let digits = '';
  let found = -1;
  let groupStart = start;
  for (;;) {
    const end = endOfGroup(text, groupStart);
    if (digits.length + end - groupStart > maxDigits) return found;
    digits += text.slice(groupStart, end);
    if (digits.length >= minDigits && passesLuhn(digits)) found = end;
    if (!isSeparator(text.charCodeAt(end)) || !isDigit(text, end + 1)) return found;
    groupStart = end + 1;
  }
}

/** From the right every second digit counts double, its own digits added up; the sum ends in 0. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - zero;
    const counted = i % 2 === 0 ? digit : digit * 2;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}

function endOfGroup(text: string, start: number): number {
  let end = start;
  while (isDigit(text, end)) end += 1;
  return end;
}

/** The digits before the point must still stand there: `copied` is where the last number taken out ended. */
function isFraction(text: string, start: number, copied: number): boolean {
  return text.charCodeAt(start - 1) === 0x2e && isDigit(text, start - 2) && start - 1 > copied;
}

function isSeparator(unit: number): boolean {
  return unit === 0x20 || unit === 0x2d;
}

/** False beyond either end of the text, where there is no code unit. */
function isDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= zero && unit <= zero + 9;
}
