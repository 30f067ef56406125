const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** One whole number and one unit: `500ms`, `30s`, `5m`, `4h`, `7d`. */
export const durationPattern = /^(\d{1,12})(ms|s|m|h|d)$/;

/** The duration in milliseconds, or undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = durationPattern.exec(text) ?? [];
  if (count === undefined || unit === undefined || !isUnit(unit)) return undefined;
  const ms = Number(count) * unitMs[unit];
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** The shortest text that `parseDuration` reads back to the same number; fractions of a millisecond are dropped. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, Math.trunc(durationMs));
  if (ms === 0) return '0s';
  const unit = (['d', 'h', 'm', 's'] as const).find((candidate) => ms % unitMs[candidate] === 0) ?? 'ms';
  return `${ms / unitMs[unit]}${unit}`;
}

function isUnit(text: string): text is keyof typeof unitMs {
  return Object.hasOwn(unitMs, text);
}
