import { limits } from '../../domain/limits.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { createGuardedHttpClient, type GuardedHttpClient } from './guarded-http-client.ts';

/** The way out under the configuration in force. */
export interface ClientPerRanges<Client> {
  /** The client for these ranges (CIDR); the same one until they change. */
  get(allowPrivate: readonly string[]): Client;
  close(): void;
}

export type GuardedClients = ClientPerRanges<GuardedHttpClient>;

export function createGuardedClients(logger: Pick<Logger, 'warn'>): GuardedClients {
  return createClientPerRanges((allowPrivate) => createGuardedHttpClient({ allowPrivate, logger }));
}

/** One client at a time; the one before it finishes what it is sending when other addresses become allowed. */
export function createClientPerRanges<Client extends { close(): void }>(
  create: (allowPrivate: readonly string[]) => Client,
): ClientPerRanges<Client> {
  let current: { readonly ranges: string; readonly client: Client } | undefined;
  const retired = new Set<Client>();

  function retire(client: Client): void {
    retired.add(client);
    const close = () => {
      client.close();
      retired.delete(client);
    };
    // twice the longest send: one may be just about to begin
    setTimeout(close, 2 * limits.sendTimeoutMs).unref();
  }

  return {
    get(allowPrivate) {
      const ranges = allowPrivate.join();
      if (current?.ranges === ranges) return current.client;
      const client = create(allowPrivate);
      if (current !== undefined) retire(current.client);
      current = { ranges, client };
      return client;
    },
    close() {
      current?.client.close();
      for (const client of retired) client.close();
    },
  };
}
