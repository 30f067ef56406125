import CircuitBreaker from 'opossum';
import { limits } from '../../domain/limits.ts';
import type { SendResult } from '../../domain/policy/notification.ts';
import { faultThreshold } from './fault-rates.ts';

export type CircuitState = 'closed' | 'half_open' | 'open';

/** What stands before one account of a provider. */
export interface Circuit {
  /** Nothing would be sent now: it is open, or tried by somebody else's message. */
  isOpen(): boolean;
  /** Undefined, and nothing sent, while it is open. One message tries it every few seconds. */
  send(work: () => Promise<SendResult>): Promise<SendResult | undefined>;
  /** Another worker found the account broken, or whole again. */
  follow(state: 'open' | 'closed'): void;
  /** A time slice is over: its share of faults is one number of what is usual. */
  endSlice(): void;
  /** Takes what is usual for the threshold from now on. */
  refresh(): void;
  close(): void;
}

export interface CircuitOptions {
  readonly now: () => number;
  /** `byOther`: another worker said so. */
  onChange(state: CircuitState, byOther: boolean): void;
}

/** Five minutes of slices of ten seconds. */
const keptSlices = 30;
const windowMs = 10_000;
const minCalls = 5;
/** For so long a broken account is tried often. */
const soonMs = 60_000;

export function createCircuit({ now, onChange }: CircuitOptions): Circuit {
  const shares: number[] = [];
  let slice = { calls: 0, faults: 0 };
  let brokenSinceMs: number | undefined;
  let isFollowing = false;

  const breaker = new CircuitBreaker<[() => Promise<SendResult>], SendResult>(sendOrThrow, {
    timeout: false, // each send has its own
    errorThresholdPercentage: 100 * faultThreshold([]),
    volumeThreshold: minCalls,
    rollingCountTimeout: windowMs,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    resetTimeout: limits.circuitProbeMs,
  });
  // opossum reads both anew each time
  const settings = (
    breaker as unknown as { readonly options: { errorThresholdPercentage: number; resetTimeout: number } }
  ).options;
  breaker.on('open', () => {
    brokenSinceMs ??= now();
    const isLate = now() - brokenSinceMs > soonMs;
    settings.resetTimeout = isLate ? limits.circuitLateProbeMs : limits.circuitProbeMs;
    onChange('open', isFollowing);
  });
  breaker.on('halfOpen', () => onChange('half_open', false));
  breaker.on('close', () => {
    brokenSinceMs = undefined;
    settings.resetTimeout = limits.circuitProbeMs;
    onChange('closed', isFollowing);
  });
  const count = (faults: 0 | 1) => {
    if (breaker.closed) slice = { calls: slice.calls + 1, faults: slice.faults + faults };
  };
  breaker.on('success', () => count(0));
  breaker.on('failure', () => count(1));

  const isOpen = () => breaker.opened || (breaker.halfOpen && !breaker.pendingClose);
  return {
    isOpen,
    async send(work) {
      if (isOpen()) return undefined;
      try {
        return await breaker.fire(work);
      } catch (error) {
        if (error instanceof ProviderFault) return error.result;
        throw error;
      }
    },
    follow(state) {
      isFollowing = true;
      if (state === 'open') breaker.open();
      else breaker.close();
      isFollowing = false;
    },
    endSlice() {
      if (slice.calls > 0) shares.push(slice.faults / slice.calls);
      else if (shares.length > 0) shares.shift(); // what was usual is forgotten where nothing is sent
      if (shares.length > keptSlices) shares.shift();
      slice = { calls: 0, faults: 0 };
    },
    refresh() {
      settings.errorThresholdPercentage = 100 * faultThreshold(shares);
    },
    close: () => breaker.shutdown(),
  };
}

/** For opossum, which counts what is thrown. */
class ProviderFault extends Error {
  readonly result: SendResult;
  constructor(result: SendResult) {
    super('the provider is at fault');
    this.result = result;
  }
}

async function sendOrThrow(work: () => Promise<SendResult>): Promise<SendResult> {
  const result = await work();
  if (isProviderFault(result)) throw new ProviderFault(result);
  return result;
}

/** A refused message says that the provider is well, and so does one that is told to slow down. */
export function isProviderFault({ outcome, status }: SendResult): boolean {
  if (outcome === 'unknown') return true;
  return outcome === 'retry' && (status === undefined || status >= 500 || status === 408);
}
