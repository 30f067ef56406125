/** One time limit around several waits, joined with the caller's wish to stop. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Why `signal` fired. */
  reason(): string;
  /** Fires `signal` ahead of time. */
  cancel(): void;
  /** The promise's answer, or a rejection as soon as `signal` fires. */
  race<T>(promise: Promise<T>): Promise<T>;
}

/** By hand rather than by `AbortSignal.any`, so that nothing stays attached to a caller's signal that lives long. */
export function createDeadline(timeoutMs: number, outer: AbortSignal): Deadline {
  const controller = new AbortController();
  const cancel = () => controller.abort('cancelled');
  const timer = setTimeout(() => controller.abort(`timed out after ${timeoutMs} ms`), timeoutMs);
  if (outer.aborted) cancel();
  outer.addEventListener('abort', cancel, { once: true });

  return {
    signal: controller.signal,
    reason: () => String(controller.signal.reason),
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
      outer.removeEventListener('abort', cancel);
    },
  };
}
