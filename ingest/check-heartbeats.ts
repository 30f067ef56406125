import type { SourceConfig, TocsinConfig } from '../config/config.ts';
import type { SenderCommand } from '../domain/alert/command.ts';
import type { Database } from '../store/database.ts';
import {
  endSilences,
  lookForSilence,
  markRaised,
  type Silence,
  type WatchedSource,
} from '../store/source-heartbeats.ts';
import type { Logger } from '../telemetry/logger.ts';
import { sourceSilentAlert, sourceSilentIdentity } from './source-silent.ts';

export interface CheckHeartbeatsOptions {
  readonly config: Pick<TocsinConfig, 'sources'>;
  readonly database: Database;
  /** The normal way of alerts into the log. Repeating what it took already does no harm. */
  readonly accept: (commands: readonly SenderCommand[]) => Promise<unknown>;
  readonly logger: Logger;
}

type Beating = SourceConfig & { readonly heartbeat: NonNullable<SourceConfig['heartbeat']> };

/**
 * Raises an alert for each source that is silent for longer than it may be, and clears it once the source is heard again
 * or need not be heard any more. What was found is in the database before anything is raised, and is settled only after
 * that is committed: after a crash, or beside another server, the same is raised again, which changes nothing.
 *
 * @returns how many sources are silent
 * @throws TocsinError of the store or of `accept`; the next look goes on from where this one got to
 */
export async function checkHeartbeats(options: CheckHeartbeatsOptions): Promise<number> {
  const { config, database, accept, logger } = options;
  const beating = new Map(
    config.sources.filter(isBeating).map((source) => [keyOf(watchedOf(source)), source]),
  );
  const silences = await lookForSilence(database, [...beating.values()].map(watchedOf));
  const begun = silences.filter(({ state }) => state === 'begun');
  const over = silences.filter(({ state }) => state === 'over');
  const alerts = begun.flatMap((silence) => commandsOf(silence, beating.get(keyOf(silence))));
  if (alerts.length > 0) {
    await accept(alerts);
    await markRaised(database, begun);
    logger.warn({ sources: namesOf(begun) }, 'sources are silent');
  }
  if (over.length > 0) {
    await accept(over.map(clearOf));
    await endSilences(database, over);
    logger.info({ sources: namesOf(over) }, 'sources are heard again');
  }
  return silences.length - over.length;
}

function isBeating(source: SourceConfig): source is Beating {
  return source.heartbeat !== undefined;
}

function watchedOf({ tenant, name, heartbeat }: Beating): WatchedSource {
  return { tenant, source: name, everyMs: heartbeat.everyMs };
}

function commandsOf(silence: Silence, source: Beating | undefined): SenderCommand[] {
  if (source === undefined) return [];
  return [{ kind: 'observe', alert: sourceSilentAlert(silence, source.heartbeat) }];
}

/** A source that need not be heard any more may never have been heard again. */
function clearOf(silence: Silence): SenderCommand {
  const atMs = Math.max(silence.heardAt.getTime(), silence.since.getTime());
  return { kind: 'clear', identity: sourceSilentIdentity(silence), at: new Date(atMs).toISOString() };
}

function keyOf({ tenant, source }: { readonly tenant: string; readonly source: string }): string {
  return JSON.stringify([tenant, source]);
}

function namesOf(silences: readonly Silence[]): string[] {
  return silences.map(({ source }) => source);
}
