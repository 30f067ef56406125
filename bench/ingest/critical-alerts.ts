import { setTimeout as sleep } from 'node:timers/promises';
import type { Provider } from '../provider.ts';
import { type Quantiles, quantilesOf } from '../quantiles.ts';
import type { Sender } from '../sender.ts';
import { wallClockMs } from '../wall-clock.ts';

const pageWithinMs = 60_000;

export interface CriticalReport extends Quantiles {
  /** From the moment at which it was due to be sent to the provider's acceptance; those that never came count as the limit. */
  readonly missing: number;
  /** Of all that were sent, how many got another answer than 202, by that answer; 0 is none. Nobody sends them again. */
  readonly notAcknowledged: Readonly<Record<string, number>>;
  /** Acknowledged, and no page came: this must be 0. */
  readonly acknowledgedButMissing: number;
}

interface Outcome {
  readonly status: number;
  readonly pageMs: number | undefined;
}

/** A critical alert each second, each of an incident of its own, until `stop` is called. */
export function startCriticalAlerts({ sender, provider }: { sender: Sender; provider: Provider }): {
  stop(): Promise<CriticalReport>;
} {
  const pages: Promise<Outcome>[] = [];
  let isStopped = false;
  const loop = sendEachSecond();

  async function sendEachSecond(): Promise<void> {
    const startMs = wallClockMs();
    for (let index = 0; !isStopped; index += 1) {
      const dueMs = startMs + index * 1_000;
      await sleep(Math.max(0, dueMs - wallClockMs()));
      pages.push(send(index, dueMs));
    }
  }

  async function send(index: number, dueMs: number): Promise<Outcome> {
    const instance = `critical-${index}`;
    const startsAt = new Date().toISOString();
    const answer = sender.sendAlerts([{ instance, phase: 'single', severity: 'critical', startsAt }]);
    const page = await provider.firstPage(instance, pageWithinMs);
    const { status } = await answer;
    return { status, pageMs: page === undefined ? undefined : page.atMs - dueMs };
  }

  return {
    async stop() {
      isStopped = true;
      await loop;
      const outcomes = await Promise.all(pages);
      const missing = outcomes.filter(({ pageMs }) => pageMs === undefined);
      const refused = Map.groupBy(
        outcomes.filter(({ status }) => status !== 202),
        ({ status }) => String(status),
      );
      return {
        ...quantilesOf(outcomes.map(({ pageMs = pageWithinMs }) => pageMs)),
        missing: missing.length,
        notAcknowledged: Object.fromEntries([...refused].map(([status, all]) => [status, all.length])),
        acknowledgedButMissing: missing.filter(({ status }) => status === 202).length,
      };
    },
  };
}
