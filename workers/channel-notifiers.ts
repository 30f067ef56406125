import { setTimeout as sleep } from 'node:timers/promises';
import { createCoalescer } from '../config/coalesce.ts';
import type { TocsinConfig } from '../config/config.ts';
import type { ConfigHolder } from '../config/config-holder.ts';
import type { ReloadReason } from '../config/reload-ports.ts';
import { limits } from '../domain/limits.ts';
import type { Notifier } from '../domain/policy/notification.ts';
import { createNotifier } from '../notifiers/create-notifiers.ts';
import { createSmtpClient } from '../notifiers/email/smtp-client.ts';
import { createClientPerRanges, createGuardedClients } from '../notifiers/http/guarded-clients.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface ChannelNotifiersOptions {
  readonly holder: Pick<ConfigHolder, 'current' | 'onChange' | 'reload'>;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  /** Takes one line of a terminal, without its end. */
  readonly write: (line: string) => void;
  readonly now: () => number;
  /** Between two looks for channels that the configuration does not have. */
  readonly pauseMs?: number;
}

/** The ways to send of the configuration in force. */
export interface ChannelNotifiers {
  /**
   * Undefined when there is no such channel. A server may have taken up a new configuration before this process has:
   * so the files are read again before that is said.
   */
  notifierOf(channel: string): Promise<Notifier | undefined>;
  close(): void;
}

export function createChannelNotifiers(options: ChannelNotifiersOptions): ChannelNotifiers {
  const { holder, logger, pauseMs = limits.configPollMs } = options;
  const clients = createGuardedClients(logger);
  const mail = createClientPerRanges((allowPrivate) => createSmtpClient({ allowPrivate, logger }));
  let notifiers = createAll(holder.current());
  const unsubscribe = holder.onChange((config) => {
    notifiers = createAll(config);
  });

  function createAll(config: TocsinConfig): ReadonlyMap<string, Notifier> {
    const http = clients.get(config.outbound.allowPrivate);
    const smtp = mail.get(config.outbound.allowPrivate);
    const deps = { http, smtp, write: options.write, now: options.now, publicUrl: config.publicUrl };
    return new Map([...config.channels].map(([name, channel]) => [name, createNotifier(channel, deps)]));
  }

  let pause: Promise<void> = Promise.resolve();
  // pages to a channel that is gone for good must not read the files over and over
  const lookAgain = createCoalescer(async (reason: ReloadReason) => {
    await pause;
    await holder.reload(reason).catch((error: unknown) => {
      logger.error({ err: error }, 'the configuration could not be read for an unknown channel');
    });
    pause = sleep(pauseMs, undefined, { ref: false });
  });

  return {
    async notifierOf(channel) {
      if (!notifiers.has(channel)) await lookAgain('unknown_channel');
      return notifiers.get(channel);
    },
    close() {
      unsubscribe();
      clients.close();
      mail.close();
    },
  };
}
