import type { TocsinConfig } from './config.ts';
import { type ConfigProblem, formatProblem } from './problem.ts';
import type { ReloadLogger, ReloadMetrics, ReloadReason } from './reload-ports.ts';

export interface ReloadFailure {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly problems: readonly ConfigProblem[];
}

export interface ReloadReportOptions {
  readonly logger: ReloadLogger;
  readonly metrics: ReloadMetrics;
  readonly now: () => number;
}

/** A reload that is over, and the version that is in force. */
interface Reload {
  readonly reason: ReloadReason;
  readonly version: number;
}

/** Tells of each reload in the log and the metrics, and remembers what keeps the files from being used. */
export function createReloadReport({ logger, metrics, now }: ReloadReportOptions) {
  let failure: ReloadFailure | undefined;

  function fail(problems: readonly ConfigProblem[]): void {
    failure = { atMs: now(), problems };
    metrics.configInForce.set(0);
  }

  function succeed(): void {
    failure = undefined;
    metrics.configInForce.set(1);
  }

  return {
    lastProblem: () => failure,
    started({ version }: TocsinConfig): void {
      metrics.configVersion.set(version);
      succeed();
    },
    changed({ version, hash }: TocsinConfig, seconds: number, reason: ReloadReason): void {
      metrics.configReloads.inc({ outcome: 'changed' });
      metrics.configReloadSeconds.observe(seconds);
      metrics.configVersion.set(version);
      logger.info({ version, hash, reason }, 'configuration reloaded');
      succeed();
    },
    unchanged({ version, reason }: Reload): void {
      metrics.configReloads.inc({ outcome: 'unchanged' });
      if (failure !== undefined || reason !== 'file')
        logger.info({ version, reason }, 'the configuration in force is unchanged');
      succeed();
    },
    invalid(problems: readonly ConfigProblem[], { version, reason }: Reload): void {
      metrics.configReloads.inc({ outcome: 'invalid' });
      fail(problems);
      const lines = problems.map(formatProblem);
      logger.error({ problems: lines, version, reason }, 'the configuration is not valid: the old one stays');
    },
    /** For lack of the database, or of memory; what the file says may be right. */
    failed(file: string): void {
      metrics.configReloads.inc({ outcome: 'failed' });
      const reason = 'it could not be taken up; the log says why';
      fail([{ file, line: 0, column: 0, path: '', reason }]);
    },
    warn(warnings: readonly ConfigProblem[]): void {
      if (warnings.length === 0) return;
      logger.warn({ warnings: warnings.map(formatProblem) }, 'configuration warnings');
    },
  };
}
