import { localDatabaseUrl } from '../dev/local-database.ts';
import { type ReplayReport, runReplay } from '../workers/replay.ts';
import type { ReplayCommand } from './replay-options.ts';
import { createProgressPrinter, progressText } from './replay-progress.ts';

/**
 * Streams the event log into the views or to standard output; progress goes to standard error. The exit code is 1 when
 * it was stopped before its end or when something could not be decoded. Throws what the store throws.
 */
export async function replay(command: ReplayCommand, env: NodeJS.ProcessEnv): Promise<number> {
  const { dataDir = env.TOCSIN_DATA_DIR || '.tocsin', ...options } = command;
  const databaseUrl = env.DATABASE_URL || localDatabaseUrl(dataDir);
  if (databaseUrl === undefined)
    throw new Error('DATABASE_URL is not set, and no local stack runs here: start one with `tocsin up`');
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  // a second Ctrl-C ends the process at once: what was not written down is done again
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const print = (text: string) => void process.stderr.write(text);
  const printer = createProgressPrinter({
    isTerminal: process.stderr.isTTY === true,
    print,
    now: () => performance.now(),
  });
  // the write's own answer tells it too
  process.stdout.on('error', () => {});
  const startedMs = performance.now();
  try {
    const report = await runReplay({
      ...options,
      databaseUrl,
      write: (text) => writeOut(text, stop),
      onProgress: printer.show,
      signal: stopping.signal,
    });
    printer.end();
    print(summaryOf(report, performance.now() - startedMs));
    return report.finished && report.undecodable === 0 ? 0 : 1;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
}

/** Waits until the reader has taken it; one that has gone away, such as `head`, ends the replay. */
function writeOut(text: string, stop: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error == null) return resolve();
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return reject(error);
      stop();
      resolve();
    });
  });
}

function summaryOf(report: ReplayReport, elapsedMs: number): string {
  const lines = [progressText(report, elapsedMs)];
  if (report.resumed > 0)
    lines.push(`went on after ${report.resumed} positions of an earlier run; --restart begins anew`);
  const { firstUndecodable: first, undecodable } = report;
  if (first !== undefined) {
    const place = `lane ${first.lane} position ${first.position}: ${first.reason}`;
    lines.push(`${undecodable} events could not be decoded, the first at ${place}`);
  }
  lines.push(report.finished ? 'done' : 'stopped: the same command goes on from here');
  return `${lines.join('\n')}\n`;
}
