import { setTimeout as sleep } from 'node:timers/promises';
import { errorCodeOf } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { LoneLease } from '../store/lone-lease.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type AlertHead, type AlertHeads, headOf, isAlertEvent } from './alert-head.ts';
import { createRecentHeads } from './recent-heads.ts';
import { createStreamFilter, type StreamFilter } from './stream-filter.ts';

export interface KnownHeadsOptions {
  /** Right with any number of servers. */
  readonly fromLog: AlertHeads;
  readonly lease: Pick<LoneLease, 'isAlone' | 'generation' | 'onBegun' | 'onEnded'>;
  /** Names of alerts' streams in order, after `after`; fewer than `limit` when there are no more. */
  listStreams(page: { readonly after: string; readonly limit: number }): Promise<readonly string[]>;
  readonly logger: Logger;
}

const retryMs = 1_000;
/** Between two pages: filling it must not slow down what it is for. */
const pauseMs = 5;

/**
 * Heads of a server that writes alone. Of most alerts it needs to know only that they are new: a filter with all
 * streams of the log says so, and what it does not deny is read from the log unless it was used lately. While the
 * server is not alone, or does not know it, or the filter is not filled yet, every head is read from the log.
 *
 * What `wrote` is told must come in commit order and before the next decision on the same stream; so it listens to the
 * writer, which also tells what was found to be committed after its connection had broken.
 */
export function createKnownHeads(options: KnownHeadsOptions): AlertHeads {
  const { fromLog, lease, listStreams, logger } = options;
  const recent = createRecentHeads(limits.maxRecentHeads);
  let filter: StreamFilter | undefined;
  let isFilled = false;

  async function fill(into: StreamFilter): Promise<void> {
    const limit = limits.streamFilterPage;
    for (let after = ''; filter === into; ) {
      const streams = await listStreams({ after, limit });
      for (const stream of streams) into.add(stream);
      after = streams.at(-1) ?? after;
      if (streams.length < limit) break;
      await sleep(pauseMs);
    }
    isFilled ||= filter === into;
  }

  async function keepFilling(into: StreamFilter): Promise<void> {
    while (filter === into && !isFilled) {
      try {
        await fill(into);
      } catch (error) {
        logger.warn({ code: errorCodeOf(error) }, 'the names of known alerts could not be read');
        await sleep(retryMs, undefined, { ref: false });
      }
    }
  }

  function begin(): void {
    recent.clear();
    isFilled = false;
    filter = createStreamFilter(limits.streamFilterBits);
    void keepFilling(filter);
  }

  function end(): void {
    recent.clear();
    isFilled = false;
    filter = undefined;
  }

  lease.onBegun(begin);
  lease.onEnded(end);

  return {
    async read(streams) {
      const current = filter;
      if (current === undefined || !isFilled || !lease.isAlone()) return fromLog.read(streams);
      const heads = new Map<string, AlertHead>();
      const unknown: string[] = [];
      for (const stream of streams) {
        if (!current.mayHold(stream)) continue;
        const head = recent.get(stream);
        if (head === undefined) unknown.push(stream);
        else heads.set(stream, head);
      }
      if (unknown.length === 0) return heads;
      for (const [stream, head] of await fromLog.read(unknown)) {
        heads.set(stream, head);
        if (filter === current) recent.set(stream, head);
      }
      return heads;
    },

    wrote(events) {
      if (filter === undefined) return;
      for (const event of events) {
        if (!isAlertEvent(event.body)) continue;
        filter.add(event.stream);
        recent.set(event.stream, headOf(event));
      }
    },

    forget(streams) {
      for (const stream of streams) {
        recent.delete(stream);
        filter?.add(stream);
      }
    },
  };
}
