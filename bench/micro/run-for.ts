/** A part of the accept path measured alone, on one core. */
export interface MicroBench {
  readonly name: string;
  /** Alerts a second. */
  run(seconds: number): { readonly perSecond: number };
}

/** Runs `round`, which answers how many alerts it did, until the time is up; what comes before that warms up. */
export function runFor(seconds: number, round: () => number): { readonly perSecond: number } {
  measure(Math.min(0.3, seconds), round);
  return { perSecond: measure(seconds, round) };
}

/** By the CPU time of this process, which others on the machine lengthen less than the time on the wall. */
function measure(seconds: number, round: () => number): number {
  const before = process.cpuUsage();
  let alerts = 0;
  let usedMs = 0;
  while (usedMs < seconds * 1_000) {
    alerts += round();
    const { user, system } = process.cpuUsage(before);
    usedMs = (user + system) / 1_000;
  }
  if (alerts === 0) throw new Error('no alert came through: this measures nothing');
  return (alerts * 1_000) / usedMs;
}
