/** RFC 3339, section 5.6; a lower-case `t` or `z` is allowed there too. */
const pattern =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,12})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** Go's zero time, which stands for "not set". */
const zeroMs = Date.parse('0001-01-01T00:00:00Z');

/** Milliseconds since 1970; undefined for what is no RFC 3339 instant of the years 1 to 9999. */
export function parseInstant(text: string): number | undefined {
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

const lastMs = Date.parse('9999-12-31T23:59:59.999Z');

/** `Date.parse` turns the 30th of February into the 2nd of March. */
function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (days[month - 1] ?? 0);
}
