/** The hybrid clock's form of an instant: 48 bits of milliseconds, 16 of counter. */
export function hlcOf(epochMs: number): string {
  return String(BigInt(Math.max(0, Math.trunc(epochMs))) << 16n);
}
