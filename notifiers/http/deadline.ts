/** One time limit around several waits, joined with the caller's wish to stop. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Why `signal` fired. */
  reason(): string;
  /** Fires `signal` after so long from now as well; it takes the place of the limit before. */
  limit(phaseMs: number, reason: string): void;
  /** There is no such limit any more, only the one on all waits together. */
  lift(): void;
  /** Fires `signal` ahead of time. */
  cancel(): void;
  /** The promise's answer, or a rejection as soon as `signal` fires. */
  race<T>(promise: Promise<T>): Promise<T>;
}

/** By hand rather than by `AbortSignal.any`, so that nothing stays attached to a caller's signal that lives long. */
export function createDeadline(timeoutMs: number, outer: AbortSignal): Deadline {
  const controller = new AbortController();
  const cancel = () => controller.abort(isTimeout(outer.reason) ? 'the deadline passed' : 'cancelled');
  const timer = setTimeout(() => controller.abort(`timed out after ${timeoutMs} ms`), timeoutMs);
  if (outer.aborted) cancel();
  outer.addEventListener('abort', cancel, { once: true });
  let phase: NodeJS.Timeout | undefined;
  const lift = () => clearTimeout(phase);

  return {
    signal: controller.signal,
    reason: () => String(controller.signal.reason),
    limit(phaseMs, reason) {
      lift();
      if (controller.signal.aborted) return;
      phase = setTimeout(() => controller.abort(reason), phaseMs);
    },
    lift,
    cancel,
    async race(promise) {
      const { promise: stopped, reject } = Promise.withResolvers<never>();
      const onAbort = () => reject(new Error('stopped'));
      if (controller.signal.aborted) onAbort();
      controller.signal.addEventListener('abort', onAbort, { once: true });
      try {
        return await Promise.race([promise, stopped]);
      } finally {
        controller.signal.removeEventListener('abort', onAbort);
      }
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      lift();
      outer.removeEventListener('abort', cancel);
    },
  };
}

/** As `AbortSignal.timeout` gives it. */
function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}
