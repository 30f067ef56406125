import { randomUUID } from 'node:crypto';
import type { TocsinConfig } from '../config/config.ts';
import { limits } from '../domain/limits.ts';
import type { QuietWorld } from '../domain/suppression/world.ts';
import { createSilenceDesk, type SilenceDesk } from '../ingest/silence-desk.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import type { LaneWriter } from '../store/lane-writer.ts';
import { readSilenceVersions } from '../store/silence-streams.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createInhibitorFeed } from './inhibitor-feed.ts';

export interface QuietWorkDeps {
  readonly database: Database;
  readonly log: EventLog;
  readonly writer: Pick<LaneWriter, 'appendAll'>;
  readonly world: QuietWorld;
  readonly config: () => TocsinConfig;
  readonly logger: Logger;
  readonly now: () => number;
}

export interface QuietWork {
  readonly silences: SilenceDesk;
  /** Changes with everything that may begin or end quiet. */
  revision(): string;
  close(): Promise<void>;
}

/** Keeps a process's knowledge of silences and of inhibiting alerts, whoever wrote them. Throws `store_unavailable`. */
export async function openQuietWork(deps: QuietWorkDeps): Promise<QuietWork> {
  const { database, log, writer, world, config, logger, now } = deps;
  const silences = createSilenceDesk({
    writer,
    log,
    readVersions: () => readSilenceVersions(database),
    book: world.silences,
    logger,
    newId: randomUUID,
    now,
  });
  const inhibitors = createInhibitorFeed(deps);
  /** What is wrong with one of them must not keep the other from what it has to know. */
  const refresh = async () => {
    const outcomes = await Promise.allSettled([silences.refresh(), inhibitors.refresh()]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  };
  await refresh();
  let refreshing: Promise<void> | undefined;
  const timer = setInterval(() => {
    refreshing ??= refresh()
      .catch((error: unknown) => logger.warn({ err: error }, 'silences and inhibitions are not up to date'))
      .finally(() => {
        refreshing = undefined;
      });
  }, limits.quietRefreshMs).unref();
  return {
    silences,
    revision: () =>
      `${config().version} ${silences.revision()} ${inhibitors.revision()} ${world.inhibitors.revision}`,
    async close() {
      clearInterval(timer);
      await refreshing;
    },
  };
}
