import { hostname } from 'node:os';
import type { TocsinConfig } from '../config/config.ts';
import type { SenderCommand } from '../domain/alert/command.ts';
import type { Hlc } from '../domain/hlc.ts';
import { createQuietWorld, type QuietWorld } from '../domain/suppression/world.ts';
import { type Acceptor, createAcceptor } from '../ingest/acceptor.ts';
import { headsFromLog } from '../ingest/alert-head.ts';
import { openHeartbeats } from '../ingest/heartbeats.ts';
import { createKnownHeads } from '../ingest/known-heads.ts';
import { startLoopLag } from '../ingest/loop-lag.ts';
import { createPrepare } from '../ingest/prepare.ts';
import { createReceiver, type Receiver } from '../ingest/receive.ts';
import { listAlertStreams } from '../store/alert-streams.ts';
import { consumers } from '../store/consumers.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import { type LaneWriter, openLaneWriter } from '../store/lane-writer.ts';
import { createLoneLease, type LoneLease } from '../store/lone-lease.ts';
import { createPark } from '../store/park-undecodable.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { openQuietWork, type QuietWork } from './quiet-work.ts';

export interface AcceptPathDeps {
  readonly url: string;
  readonly database: Database;
  readonly log: EventLog;
  readonly clock: Hlc;
  readonly config: () => TocsinConfig;
  readonly isClockHolder: () => boolean;
  readonly version: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** From a sender's request to its place in the log: a lane, who decides for it, and what quiets. */
export interface AcceptPath {
  readonly writer: LaneWriter;
  readonly world: QuietWorld;
  readonly acceptor: Acceptor;
  readonly receiver: Receiver;
  readonly quiet: QuietWork;
  /** Writes what waits. HTTP must have stopped before. */
  close(): Promise<void>;
}

/** Throws `store_unavailable` or `unsafe_database`. */
export async function openAcceptPath(deps: AcceptPathDeps): Promise<AcceptPath> {
  const { url, database, log, clock, config, logger, metrics, now } = deps;
  const open = new AsyncDisposableStack();
  const owner = `${hostname()}:${process.pid}`;
  const lane = { url, kind: 'ingest', owner, path: 'copy', logger, metrics, now, clock } as const;
  let lease: LoneLease | undefined;
  const loneGeneration = () => lease?.generation();
  const writer = open.adopt(await openLaneWriter({ ...lane, loneGeneration }), (it) => it.close());
  lease = open.adopt(createLoneLease({ database, lanes: [writer], logger, now }), (it) => it.close());
  const heads = createKnownHeads({
    fromLog: headsFromLog({ log, logger, metrics, park: createPark(deps, consumers.ingest) }),
    lease,
    listStreams: (page) => listAlertStreams(database, page),
    logger,
  });
  writer.onCommitted(heads.wrote);
  const world = createQuietWorld();
  const quiet = open.adopt(await openQuietWork({ ...deps, writer, world }), (it) => it.close());
  const acceptor = open.adopt(createAcceptor({ writer, heads, world, metrics, logger, now }), (it) =>
    it.close(),
  );
  const loopLag = open.adopt(startLoopLag(), (it) => it.close());
  const prepare = createPrepare({ metrics, loopLagMs: loopLag.lagMs, queued: acceptor.queued });
  const accept = (commands: readonly SenderCommand[]) =>
    acceptor.accept({
      commands: commands.map((command, index) => ({ index, command })),
      config: config(),
      metadata: { actor: 'clock', via: 'heartbeat' },
    });
  const heartbeats = open.adopt(openHeartbeats({ ...deps, isHolder: deps.isClockHolder, accept }), (it) =>
    it.close(),
  );
  const receiver = createReceiver({ ...deps, prepare, acceptor, heard: heartbeats.heard });
  return { writer, world, acceptor, receiver, quiet, close: () => open.disposeAsync() };
}
