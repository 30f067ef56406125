import { setTimeout as sleep } from 'node:timers/promises';

export interface HttpReadyOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const everyMs = 100;
const requestTimeoutMs = 2_000;
const maxReasonChars = 500;

/** Polls until the address answers 200; otherwise the last reason why it did not. */
export async function waitForHttp({ url, timeoutMs, signal }: HttpReadyOptions): Promise<string | undefined> {
  const deadline = performance.now() + timeoutMs;
  let reason = 'no answer';
  while (performance.now() < deadline && !signal.aborted) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) });
      const body = await response.text();
      if (response.status === 200) return undefined;
      reason = `${response.status} ${body}`.slice(0, maxReasonChars);
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    await sleep(everyMs);
  }
  return reason;
}
