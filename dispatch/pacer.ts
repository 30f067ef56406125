/** Holds everything back for a while after a failure, longer each time, until something succeeds. */
export interface Pacer {
  /** Answers whether this is the first failure in a row. */
  failed(): boolean;
  succeeded(): void;
  isHeld(): boolean;
}

const firstPauseMs = 100;
const maxPauseMs = 5_000;

export interface PacerOptions {
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Called when the pause is over. */
  readonly resume: () => void;
}

export function createPacer({ now, random, resume }: PacerOptions): Pacer {
  let failures = 0;
  let heldUntilMs = 0;

  return {
    failed() {
      const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** failures) * (0.8 + 0.4 * random());
      failures = Math.min(failures + 1, 20);
      heldUntilMs = now() + pauseMs;
      setTimeout(resume, pauseMs + 1).unref();
      return failures === 1;
    },
    succeeded() {
      failures = 0;
    },
    isHeld() {
      const leftMs = heldUntilMs - now();
      // more than any pause: the machine's clock was put back
      return leftMs > 0 && leftMs <= 1.2 * maxPauseMs;
    },
  };
}
