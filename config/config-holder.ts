import { usable } from './active-config.ts';
import { createCoalescer } from './coalesce.ts';
import type { TocsinConfig } from './config.ts';
import type { ConfigReading } from './config-reading.ts';
import type { SignedFile } from './file-signature.ts';
import type { ListenAddress } from './listen.ts';
import type { ConfigProblem } from './problem.ts';
import type { ReloadLogger, ReloadMetrics, ReloadReason } from './reload-ports.ts';
import { createReloadReport, type ReloadFailure } from './reload-report.ts';
import { withVersion } from './snapshot.ts';

export interface ConfigHolderOptions {
  /** Reads and checks everything anew; `running` is where the process listens, undefined at the start. */
  load(running: ListenAddress | undefined): Promise<ConfigReading>;
  /** Gives the configuration its number before anybody decides under it; rejects while the database is away. */
  register(config: TocsinConfig): Promise<number>;
  readonly logger: ReloadLogger;
  readonly metrics: ReloadMetrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The configuration in force: one immutable snapshot, which is swapped as a whole or not at all. */
export interface ConfigHolder {
  /** Decide one event under one answer; ask again for the next event. */
  current(): TocsinConfig;
  /**
   * Reads the files again. Calls while one runs share one more run after it, which so sees all that was written before
   * them. Rejects, and changes nothing, when the version cannot be registered.
   */
  reload(reason: ReloadReason): Promise<ReloadResult>;
  /** Called right after a swap, in the order of subscription; answers how to stop that. */
  onChange(listener: ConfigListener): () => void;
  /** What keeps the files from being used; undefined while what runs is what they say. */
  lastProblem(): ReloadFailure | undefined;
  status(): ConfigStatus;
  /** All files that the last reading looked at, as they were just before. */
  files(): readonly SignedFile[];
}

export type ConfigListener = (config: TocsinConfig, before: TocsinConfig) => void;

export type ReloadResult =
  | {
      readonly ok: true;
      /** Whether anything that was read has changed: also a rotated secret, which is no new version. */
      readonly changed: boolean;
      readonly version: number;
      readonly hash: string;
      readonly warnings: readonly ConfigProblem[];
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export interface ConfigStatus {
  readonly version: number;
  readonly hash: string;
  /** When the snapshot came into force, in milliseconds since 1970. */
  readonly loadedAtMs: number;
  readonly lastProblem: ReloadFailure | undefined;
}

/** Everything that a swap replaces; never changed in place. */
interface InForce {
  readonly config: TocsinConfig;
  readonly digest: string;
  readonly loadedAtMs: number;
}

/** @throws TocsinError `invalid_config` with every problem when the first reading cannot be used. */
export async function openConfigHolder(options: ConfigHolderOptions): Promise<ConfigHolder> {
  const report = createReloadReport(options);
  const listeners = createListeners(options.logger);
  const first = await options.load(undefined);
  const { config, warnings } = usable(first);
  report.warn(warnings);
  let files = first.files;
  let inForce = await register(first.digest, config);
  report.started(inForce.config);

  async function register(digest: string, loaded: TocsinConfig): Promise<InForce> {
    const config = withVersion(loaded, await options.register(loaded));
    return { config, digest, loadedAtMs: options.now() };
  }

  async function reload(reason: ReloadReason): Promise<ReloadResult> {
    try {
      return await reloadOnce(reason);
    } catch (error) {
      // the error itself goes to whoever asked, who knows whether to try again
      report.failed(files[0]?.path ?? '');
      throw error;
    }
  }

  async function reloadOnce(reason: ReloadReason): Promise<ReloadResult> {
    const startedMs = performance.now();
    const reading = await options.load(config.listen);
    files = reading.files;
    const { result } = reading;
    const { version } = inForce.config;
    if (!result.ok) {
      report.invalid(result.problems, { version, reason });
      return { ok: false, problems: result.problems };
    }
    if (reading.digest === inForce.digest) {
      report.unchanged({ version, reason });
      return answer(false, result.warnings);
    }
    swap(await register(reading.digest, result.config), { startedMs, reason });
    report.warn(result.warnings);
    return answer(true, result.warnings);
  }

  /** From one line to the next: whoever asks has the old one whole or the new one whole. */
  function swap(next: InForce, { startedMs, reason }: { startedMs: number; reason: ReloadReason }): void {
    const before = inForce.config;
    inForce = next;
    report.changed(next.config, (performance.now() - startedMs) / 1_000, reason);
    listeners.tell(next.config, before);
  }

  function answer(changed: boolean, warnings: readonly ConfigProblem[]): ReloadResult {
    const { version, hash } = inForce.config;
    return { ok: true, changed, version, hash, warnings };
  }

  return {
    current: () => inForce.config,
    reload: createCoalescer(reload),
    onChange: listeners.add,
    lastProblem: report.lastProblem,
    status() {
      const { config, loadedAtMs } = inForce;
      return { version: config.version, hash: config.hash, loadedAtMs, lastProblem: report.lastProblem() };
    },
    files: () => files,
  };
}

function createListeners(logger: ReloadLogger) {
  const listeners = new Set<ConfigListener>();
  return {
    add(listener: ConfigListener): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** One that fails keeps nothing from the others: the swap is done. */
    tell(config: TocsinConfig, before: TocsinConfig): void {
      for (const listener of listeners) {
        try {
          listener(config, before);
        } catch (error) {
          logger.error({ err: error }, 'a part could not take up the new configuration');
        }
      }
    },
  };
}
