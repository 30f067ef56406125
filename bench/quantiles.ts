export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Nearest rank, rounded to a tenth; NaN where nothing was measured, so that an empty run cannot look fast. */
export function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (q: number) =>
    Math.round((sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN) * 10) / 10;
  return { count: sorted.length, p50: rank(0.5), p99: rank(0.99), p999: rank(0.999), max: rank(1) };
}
