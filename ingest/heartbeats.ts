import type { SourceConfig, TocsinConfig } from '../config/config.ts';
import { errorCodeOf } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { matchesAll } from '../domain/matcher/matcher.ts';
import type { ParsedCommand } from '../sources/source.ts';
import { type SourceKey, writeHeard } from '../store/source-heartbeats.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type CheckHeartbeatsOptions, checkHeartbeats } from './check-heartbeats.ts';

export interface HeartbeatsOptions extends Omit<CheckHeartbeatsOptions, 'config'> {
  readonly config: () => Pick<TocsinConfig, 'sources'>;
  /** One process looks for silence: the holder of the clock. All of them write what they heard. */
  readonly isHolder: () => boolean;
  readonly metrics: Pick<Metrics, 'sourcesSilent'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly tickMs?: number;
}

/** When each source was heard: noted in memory, and written at most once a second. */
export interface Heartbeats {
  /**
   * A request of the source arrived with its key and could be read, whatever becomes of it: a sender that is asked to
   * come back later is not silent. Where the heartbeat has matchers, a firing alert must match them.
   */
  heard(
    source: Pick<SourceConfig, 'tenant' | 'name' | 'heartbeat'>,
    commands: readonly ParsedCommand[],
    atMs: number,
  ): void;
  close(): Promise<void>;
}

interface Heard extends SourceKey {
  readonly atMs: number;
}

export function openHeartbeats(options: HeartbeatsOptions): Heartbeats {
  const { database, logger, now, tickMs = limits.heartbeatTickMs } = options;
  const unwritten = new Map<string, Heard>();
  const look = createLook(options);

  function note(heard: Heard): void {
    const key = JSON.stringify([heard.tenant, heard.source]);
    const known = unwritten.get(key);
    if (known === undefined || known.atMs < heard.atMs) unwritten.set(key, heard);
  }

  /** What could not be written is kept for the next time: it was heard all the same. */
  async function write(): Promise<void> {
    if (unwritten.size === 0) return;
    const heard = [...unwritten.values()];
    unwritten.clear();
    try {
      await writeHeard(
        database,
        heard.map(({ tenant, source, atMs }) => ({ tenant, source, ageMs: Math.max(0, now() - atMs) })),
      );
    } catch (error) {
      heard.forEach(note);
      throw error;
    }
  }

  /** Writes before it looks, so that nobody is called silent whom this very process has heard. */
  async function tick(): Promise<void> {
    await write();
    await look();
  }

  let ticking: Promise<void> | undefined;
  const timer = setInterval(() => {
    ticking ??= tick()
      .catch((error: unknown) => {
        logger.warn(
          { code: errorCodeOf(error), err: error },
          'heartbeats of sources could not be looked after',
        );
      })
      .finally(() => {
        ticking = undefined;
      });
  }, tickMs).unref();

  return {
    heard({ tenant, name, heartbeat }, commands, atMs) {
      if (heartbeat === undefined || !isSignOfLife(heartbeat, commands)) return;
      note({ tenant, source: name, atMs });
    },
    async close() {
      clearInterval(timer);
      await ticking;
      await write().catch((error: unknown) => {
        logger.warn({ code: errorCodeOf(error) }, 'the last heartbeats of sources were not written');
      });
    },
  };
}

function isSignOfLife(
  { match }: NonNullable<SourceConfig['heartbeat']>,
  commands: readonly ParsedCommand[],
): boolean {
  if (match.length === 0) return true;
  return commands.some(
    ({ command }) =>
      command.kind === 'observe' &&
      command.alert.status === 'firing' &&
      matchesAll(match, command.alert.labels),
  );
}

/** Without sources to watch one look is enough: it clears what was raised under an earlier configuration. */
function createLook(options: HeartbeatsOptions): () => Promise<void> {
  const { config, isHolder, metrics } = options;
  let isDone = false;
  return async () => {
    if (!isHolder()) {
      isDone = false;
      metrics.sourcesSilent.set(0);
      return;
    }
    const snapshot = config();
    const isWatching = snapshot.sources.some(({ heartbeat }) => heartbeat !== undefined);
    if (isDone && !isWatching) return;
    metrics.sourcesSilent.set(await checkHeartbeats({ ...options, config: snapshot }));
    isDone = !isWatching;
  };
}
