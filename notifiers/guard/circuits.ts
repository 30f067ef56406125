import { limits } from '../../domain/limits.ts';
import type { Notifier, SendResult } from '../../domain/policy/notification.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { type Circuit, type CircuitState, createCircuit } from './circuit.ts';

type Account = Pick<Notifier, 'provider' | 'account'>;

/** What processes tell each other of accounts; nothing waits for it. */
export interface CircuitNews {
  tell(account: Account, state: 'open' | 'closed'): void;
  /** Whether somebody found the account broken lately; false where nobody can say. */
  isKnownBroken(account: Account): Promise<boolean>;
  onTold(listener: (account: Account, state: 'open' | 'closed') => void): void;
}

export interface CircuitsOptions {
  /** Absent where this process is on its own. */
  readonly news?: CircuitNews | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** One circuit for each account of each provider. */
export interface Circuits {
  isOpen(account: Account): boolean;
  send(account: Account, work: () => Promise<SendResult>): Promise<SendResult | undefined>;
  /** Called when an account that was broken answers again. */
  onRecovered(listener: (provider: string, account: string) => void): void;
  close(): void;
}

const sliceMs = 10_000;
const slicesToRefresh = 3;
const stateValues = { closed: 0, half_open: 1, open: 2 } as const;

export function createCircuits({ news, logger, metrics, now }: CircuitsOptions): Circuits {
  // in the order of their last use
  const circuits = new Map<string, Circuit>();
  const listeners: ((provider: string, account: string) => void)[] = [];
  let slices = 0;
  const timer = setInterval(() => {
    slices += 1;
    for (const circuit of circuits.values()) {
      circuit.endSlice();
      if (slices % slicesToRefresh === 0) circuit.refresh();
    }
  }, sliceMs);
  timer.unref();

  function changed({ provider, account }: Account, state: CircuitState, byOther: boolean): void {
    metrics.circuitState.set({ provider, account }, stateValues[state]);
    metrics.circuitTransitions.inc({ provider, account, to: state });
    const level = state === 'open' ? 'warn' : 'info';
    logger[level]({ provider, account, state, byOther }, `the circuit to a provider is ${state}`);
    if (state !== 'half_open' && !byOther) news?.tell({ provider, account }, state);
    if (state === 'closed') for (const listener of listeners) listener(provider, account);
  }

  function circuitOf({ provider, account }: Account): Circuit {
    const name = `${provider}/${account}`;
    const known = circuits.get(name);
    const circuit =
      known ??
      createCircuit({ now, onChange: (state, byOther) => changed({ provider, account }, state, byOther) });
    circuits.delete(name);
    circuits.set(name, circuit);
    if (known === undefined) {
      forgetOldest();
      void learn(circuit, { provider, account });
    }
    return circuit;
  }

  async function learn(circuit: Circuit, account: Account): Promise<void> {
    if (await news?.isKnownBroken(account)) circuit.follow('open');
  }

  function forgetOldest(): void {
    const [oldest] = circuits;
    if (circuits.size <= limits.maxCircuits || oldest === undefined) return;
    oldest[1].close();
    circuits.delete(oldest[0]);
  }

  news?.onTold((account, state) => {
    circuits.get(`${account.provider}/${account.account}`)?.follow(state);
  });

  return {
    isOpen: (account) => circuitOf(account).isOpen(),
    send: (account, work) => circuitOf(account).send(work),
    onRecovered: (listener) => void listeners.push(listener),
    close() {
      clearInterval(timer);
      for (const circuit of circuits.values()) circuit.close();
      circuits.clear();
    },
  };
}
