import { errorCodeOf } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Database } from './database.ts';
import type { LaneIdentity } from './lane-claim.ts';
import { claimLoneWriting, type Generation, isStillLone, releaseLoneWriting } from './lone-writing.ts';

/** Whether this process is the only one that writes alerts, and for how long that may be believed. */
export interface LoneLease {
  /** Nobody else can have written since the lease began. Ask anew for every decision, after its request arrived. */
  isAlone(): boolean;
  /** Undefined while there is no lease. What was learnt under one generation is worth nothing under the next. */
  generation(): Generation | undefined;
  /** Called with each new lease. */
  onBegun(listener: () => void): void;
  /** Called when a lease has ended for good; while the database is away it is not known, and nothing is called. */
  onEnded(listener: () => void): void;
  close(): Promise<void>;
}

export interface LoneLeaseOptions {
  readonly database: Database;
  /** The ingest lanes that this process took. */
  readonly lanes: readonly LaneIdentity[];
  readonly logger: Logger;
  /** Milliseconds since 1970: a machine that was suspended may show it here alone. */
  readonly now: () => number;
}

/** Looks at the row every `limits.loneWriterLookMs`, and claims it whenever nobody else is there. */
export function createLoneLease({ database, lanes, logger, now }: LoneLeaseOptions): LoneLease {
  const begun: (() => void)[] = [];
  const ended: (() => void)[] = [];
  let generation: Generation | undefined;
  let seen = { monotonicMs: 0, wallMs: 0 };
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let looking = Promise.resolve();

  const moment = () => ({ monotonicMs: performance.now(), wallMs: now() });

  async function look(): Promise<void> {
    const startedAt = moment();
    if (generation === undefined) await claim(startedAt);
    else if (await isStillLone(database, generation)) seen = startedAt;
    else end();
  }

  async function claim(startedAt: typeof seen): Promise<void> {
    const claimed = await claimLoneWriting(database.query, lanes);
    if (claimed === undefined) return;
    generation = claimed;
    seen = startedAt;
    logger.info({ generation }, 'no other server writes: alerts are decided from memory');
    for (const listener of begun) listener();
  }

  function end(): void {
    logger.info({ generation }, 'another server writes: alerts are decided from the log');
    generation = undefined;
    for (const listener of ended) listener();
  }

  function schedule(): void {
    if (isClosed) return;
    timer = setTimeout(() => {
      looking = look()
        .catch((error: unknown) => logger.debug({ code: errorCodeOf(error) }, 'nobody knows who else writes'))
        .finally(schedule);
    }, limits.loneWriterLookMs).unref();
  }
  schedule();

  return {
    isAlone() {
      const { monotonicMs, wallMs } = moment();
      const agesMs = [monotonicMs - seen.monotonicMs, Math.abs(wallMs - seen.wallMs)];
      return generation !== undefined && agesMs.every((ageMs) => ageMs < limits.loneWriterTrustMs);
    },
    generation: () => generation,
    onBegun: (listener) => void begun.push(listener),
    onEnded: (listener) => void ended.push(listener),
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await looking;
      const own = generation;
      generation = undefined;
      if (own === undefined) return;
      // Whoever comes next would only wait a moment for nothing.
      await releaseLoneWriting(database.query, own).catch(() => undefined);
    },
  };
}
