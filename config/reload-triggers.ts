import { limits } from '../domain/limits.ts';
import type { ConfigHolder } from './config-holder.ts';
import { signatureOf } from './file-signature.ts';
import type { ReloadLogger, ReloadReason } from './reload-ports.ts';

export interface ReloadTriggersOptions {
  readonly holder: Pick<ConfigHolder, 'reload' | 'files'>;
  readonly logger: ReloadLogger;
  /** Where SIGHUP arrives: the process itself. */
  readonly signals?: Pick<NodeJS.EventEmitter, 'on' | 'off'>;
  readonly pollMs?: number;
  readonly retryMs?: number;
}

/**
 * Reloads on SIGHUP and when a file has changed. The files are looked at in turn rather than watched: editors and
 * Kubernetes replace files and links, after which a watch of the old one may stay silent for ever (ADR 14). A change
 * counts once two looks agree, so that a file is not read while it is being written.
 */
export function startReloadTriggers(options: ReloadTriggersOptions): { close(): Promise<void> } {
  const { holder, logger, signals, pollMs = limits.configPollMs, retryMs = limits.configRetryMs } = options;
  let seen = '';
  /** A reload that came to nothing, for lack of the database, is due again at this time. */
  let retryAtMs: number | undefined;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const files = holder.files();
    const signatures = await Promise.all(files.map(({ path }) => signatureOf(path)));
    const isSettled = signatures.join() === seen;
    seen = signatures.join();
    const isChanged = files.some(({ signature }, index) => signature !== signatures[index]);
    const isDue = retryAtMs !== undefined && performance.now() >= retryAtMs;
    if (isSettled && (isChanged || isDue)) await reload('file');
  }

  async function reload(reason: ReloadReason): Promise<void> {
    try {
      await holder.reload(reason);
      retryAtMs = undefined;
    } catch (error) {
      retryAtMs = performance.now() + retryMs;
      logger.error({ err: error, reason }, 'the configuration could not be reloaded; it is tried again');
    }
  }

  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  }, pollMs);
  const onHangUp = () => void reload('signal');
  signals?.on('SIGHUP', onHangUp);
  return {
    async close() {
      clearInterval(timer);
      signals?.off('SIGHUP', onHangUp);
      await looking;
    },
  };
}
