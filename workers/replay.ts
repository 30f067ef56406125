import { sha256Hex } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import { readCheckpoint, removeCheckpoints, writeCheckpoint } from '../store/checkpoints.ts';
import { type Database, openDatabase } from '../store/database.ts';
import type { UndecodableEvent } from '../store/decode-rows.ts';
import type { EventRow } from '../store/event-row.ts';
import { replayPages } from '../store/replay-pages.ts';
import {
  type LaneRange,
  listLaneRanges,
  parseReplayBound,
  type ReplaySelection,
  selectRanges,
} from '../store/replay-range.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createLineSink, createViewSink, type ReplaySink } from './replay-sink.ts';

export interface ReplayOptions {
  readonly databaseUrl: string;
  readonly into: 'views' | 'stdout';
  /** `POSITION` or `LANE:POSITION,…`, both ends included. */
  readonly from?: string;
  readonly to?: string;
  readonly lane?: number;
  /** Forgets how far an earlier run of the same replay came. */
  readonly restart: boolean;
  /** Takes text for standard output, and answers once more may come. */
  write(text: string): Promise<void>;
  onProgress(progress: ReplayProgress): void;
  /** Stops after the pages in hand, two at most. */
  readonly signal: AbortSignal;
}

export interface ReplayProgress {
  /** Positions of this run that are done, and all that there are; a position that was never used counts as done. */
  readonly done: number;
  readonly total: number;
  /** Of this run: events read, and views written. */
  readonly events: number;
  readonly views: number;
  /** Positions that an earlier run had done. */
  readonly resumed: number;
}

export interface ReplayReport extends ReplayProgress {
  readonly finished: boolean;
  /** Events that this release cannot decode, counted, with the first of them. */
  readonly undecodable: number;
  readonly firstUndecodable?: UndecodableEvent;
}

/**
 * Streams the event log, lane after lane, into the views or as JSON lines. Where it got to is written down about twice
 * a second under a name made of its arguments, so the same command goes on after a kill; what came after the last
 * checkpoint is done once more, which views do not mind and lines show by their positions. Throws `invalid_request`
 * and `store_unavailable`.
 */
export async function runReplay(options: ReplayOptions): Promise<ReplayReport> {
  const { from, to, lane } = options;
  const selection: ReplaySelection = {
    ...(from !== undefined && { from: parseReplayBound(from) }),
    ...(to !== undefined && { to: parseReplayBound(to) }),
    ...(lane !== undefined && { lane }),
  };
  const logger = createLogger({ process: 'replay', level: 'silent' });
  const database = openDatabase({
    url: options.databaseUrl,
    logger,
    applicationName: 'tocsin-replay',
    maxConnections: 4,
  });
  try {
    return await replay(database, options, selection);
  } finally {
    await database.close();
  }
}

async function replay(
  database: Database,
  options: ReplayOptions,
  selection: ReplaySelection,
): Promise<ReplayReport> {
  const consumer = consumerOf(options);
  if (options.restart) await removeCheckpoints(database, consumer);
  let undecodable = 0;
  let firstUndecodable: UndecodableEvent | undefined;
  const sink =
    options.into === 'stdout'
      ? createLineSink(options.write)
      : createViewSink(database, (event) => {
          undecodable += 1;
          firstUndecodable ??= event;
        });
  const whole = await listLaneRanges(database, sink);
  const ranges = selectRanges(whole, selection);
  const tally = createTally(ranges, options.onProgress);
  let finished = true;
  for (const range of ranges) {
    finished = await replayLane({ database, consumer, sink, tally, signal: options.signal }, range);
    if (!finished) break;
  }
  if (finished) await removeCheckpoints(database, consumer);
  return {
    ...tally.progress(),
    finished,
    undecodable,
    ...(firstUndecodable !== undefined && { firstUndecodable }),
  };
}

interface LaneReplay {
  readonly database: Database;
  readonly consumer: string;
  readonly sink: ReplaySink;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

/** False when it was stopped. One page is written while the next is made ready. */
async function replayLane(
  { database, consumer, sink, tally, signal }: LaneReplay,
  { lane, from, to }: LaneRange,
): Promise<boolean> {
  const reached = Math.max(from - 1, await readCheckpoint(database, { consumer, lane }));
  tally.resumed(Math.min(reached, to) - from + 1);
  if (reached >= to) return true;
  let position = reached;
  let savedMs = performance.now();
  let writing = Promise.resolve();
  const write = async (rows: readonly EventRow[], before: Promise<void>): Promise<void> => {
    const [{ views }] = await Promise.all([sink.write(rows), before]);
    const last = Number(rows.at(-1)?.position ?? position);
    tally.took({ positions: last - position, events: rows.length, views });
    position = last;
    if (performance.now() - savedMs < limits.replayCheckpointMs) return;
    await writeCheckpoint(database, { consumer, lane, position });
    savedMs = performance.now();
  };
  const pages = replayPages(database, { lane, from: reached + 1, to, withArchive: sink.withArchive });
  for await (const rows of pages) {
    const before = writing;
    writing = write(rows, before);
    // a failure is met where it is waited for, at the next page or at the end
    writing.catch(() => undefined);
    await before;
    if (signal.aborted) break;
  }
  await writing;
  if (!signal.aborted) {
    tally.took({ positions: to - position, events: 0, views: 0 });
    position = to;
  }
  await writeCheckpoint(database, { consumer, lane, position });
  return !signal.aborted;
}

interface Tally {
  resumed(positions: number): void;
  took(page: { readonly positions: number; readonly events: number; readonly views: number }): void;
  progress(): ReplayProgress;
}

function createTally(ranges: readonly LaneRange[], onProgress: (progress: ReplayProgress) => void): Tally {
  const total = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  let progress: ReplayProgress = { done: 0, total, events: 0, views: 0, resumed: 0 };
  const change = (next: ReplayProgress) => {
    progress = next;
    onProgress(progress);
  };
  return {
    resumed: (positions) =>
      change({ ...progress, resumed: progress.resumed + positions, done: progress.done + positions }),
    took: ({ positions, events, views }) =>
      change({
        ...progress,
        done: progress.done + positions,
        events: progress.events + events,
        views: progress.views + views,
      }),
    progress: () => progress,
  };
}

/** The same arguments are the same replay. */
function consumerOf({ into, from, to, lane }: ReplayOptions): string {
  const name = JSON.stringify([into, from ?? null, to ?? null, lane ?? null]);
  return `replay-${into}-${sha256Hex(name).slice(0, 16)}`;
}
