/** RFC 3339, section 5.6; a lower-case `t` or `z` is allowed there too. */
const pattern =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,12})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** Go's zero time, which stands for "not set". */
const zeroText = '0001-01-01T00:00:00Z';
const zeroMs = Date.parse(zeroText);
const lastMs = Date.parse('9999-12-31T23:59:59.999Z');

/** Milliseconds since 1970; undefined for what is no RFC 3339 instant of the years 1 to 9999. */
export function parseInstant(text: string): number | undefined {
  if (text === zeroText) return zeroMs;
  if (isCanonical(text)) return parseCanonical(text);
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day] = match;
  if (!isDay(Number(year), Number(month), Number(day))) return undefined;
  const atMs = Date.parse(text.toUpperCase());
  return Number.isNaN(atMs) || atMs < zeroMs || atMs > lastMs ? undefined : atMs;
}

export function isZeroInstant(atMs: number): boolean {
  return atMs === zeroMs;
}

/** Whether an instant is punctuated as `Date.toISOString` does it, as most senders do. */
export function isCanonical(text: string): boolean {
  return (
    text.length === 24 &&
    text[4] === '-' &&
    text[7] === '-' &&
    text[10] === 'T' &&
    text[13] === ':' &&
    text[16] === ':' &&
    text[19] === '.' &&
    text[23] === 'Z'
  );
}

/** An expression and Date.parse would take half of all the time that an alert takes to be read. */
function parseCanonical(text: string): number | undefined {
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  const millisecond = digits(text, 20, 23);
  const isTime = year >= 1 && hour < 24 && minute < 60 && second < 60 && millisecond >= 0;
  if (!isTime || !isDay(year, month, day)) return undefined;
  // Date.UTC takes the years 1 to 99 for 1901 to 1999
  if (year < 100) return Date.parse(text);
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
}

/** NaN, which no comparison accepts, where anything else than a digit stands. */
function digits(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `Date.parse` turns the 30th of February into the 2nd of March. */
function isDay(year: number, month: number, day: number): boolean {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && isLeap ? 29 : (daysInMonth[month - 1] ?? 0);
  return day >= 1 && day <= days;
}
