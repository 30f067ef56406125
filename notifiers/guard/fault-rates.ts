/** Below it nothing is called broken: one lost message of two is not yet a pattern. */
const floor = 0.5;
/** Above it no account stays closed, however bad the last minutes were. */
const ceiling = 0.9;

/**
 * The share of faults above which an account counts as broken: mean + 2σ of its shares in the time slices before, so that
 * one that always fails a little is not cut off for what is usual. Without any slice the floor.
 */
export function faultThreshold(shares: readonly number[]): number {
  if (shares.length === 0) return floor;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
  return Math.min(ceiling, Math.max(floor, mean + 2 * Math.sqrt(variance)));
}
