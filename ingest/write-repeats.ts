import type { FiringState } from '../domain/alert/state.ts';
import { errorCodeOf, TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { EventLog } from '../store/event-log.ts';
import type { AppendRequest, LaneWriter } from '../store/lane-writer.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type AlertHead, isAlertEvent, readAlertHeads } from './alert-head.ts';
import { repeatedOf } from './decide-stream.ts';
import type { DueRepeats } from './repeats.ts';

export interface WriteRepeatsOptions {
  readonly writer: Pick<LaneWriter, 'appendAll'>;
  readonly log: Pick<EventLog, 'readHeads' | 'readStream'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Writes counted repeats on top of what the streams say by now: another process may have counted too. Counts of an
 * episode that is over are dropped.
 *
 * @throws TocsinError of the store, `version_conflict` when others keep writing first
 */
export async function writeRepeats(due: readonly DueRepeats[], options: WriteRepeatsOptions): Promise<void> {
  let pending = due;
  for (let attempt = 0; pending.length > 0 && attempt < limits.maxDecideAttempts; attempt += 1) {
    pending = await writeOnce(pending, options);
  }
  if (pending.length > 0) throw new TocsinError('version_conflict');
}

async function writeOnce(
  due: readonly DueRepeats[],
  options: WriteRepeatsOptions,
): Promise<readonly DueRepeats[]> {
  const heads = await readAlertHeads(
    due.map(({ stream }) => stream),
    options,
  );
  const planned = await Promise.all(
    due.map(async (repeats) => ({
      repeats,
      request: await plan(repeats, heads.get(repeats.stream), options),
    })),
  );
  const writing = planned.flatMap(({ repeats, request }) => (request ? [{ repeats, request }] : []));
  if (writing.length === 0) return [];
  const results = await options.writer.appendAll(writing.map(({ request }) => request));
  return writing.filter((_, index) => results[index]?.kind === 'stale').map(({ repeats }) => repeats);
}

async function plan(
  { stream, startsAt, count }: DueRepeats,
  head: AlertHead | undefined,
  options: WriteRepeatsOptions,
): Promise<AppendRequest | undefined> {
  if (head?.state.status !== 'firing' || head.state.alert.startsAt !== startsAt) return undefined;
  const { version, state } = head;
  const written = state.repeats ?? (await readWritten({ stream, version, startsAt }, options));
  if (written === undefined) return undefined;
  return { stream, expectedVersion: version, events: [newRepeated(state, written + count)] };
}

function newRepeated(state: FiringState, count: number) {
  return { body: repeatedOf(state, count), metadata: { actor: state.alert.source, via: 'source' } };
}

/** An `AlertChanged` does not say how many repeats came before it: the last event that does is looked for. */
async function readWritten(
  { stream, version, startsAt }: { stream: string; version: number; startsAt: string },
  { log, logger, metrics }: WriteRepeatsOptions,
): Promise<number | undefined> {
  const limit = limits.maxRepeatLookback;
  try {
    const events = await log.readStream(stream, { afterVersion: Math.max(-1, version - limit), limit });
    const last = events.findLast(
      ({ body }) => body.type === 'AlertRepeated' || body.type === 'AlertFired',
    )?.body;
    if (last === undefined || !isAlertEvent(last) || last.data.alert.startsAt !== startsAt) return 0;
    return last.type === 'AlertRepeated' ? last.data.count : 0;
  } catch (error) {
    if (errorCodeOf(error) !== 'undecodable_event') throw error;
    metrics.repeatsUncounted.inc();
    logger.warn({ stream, code: 'undecodable_event' }, 'repeats of an alert could not be counted');
    return undefined;
  }
}
