import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

export interface TemporalAddress {
  /** host:port; absent: what Temporal's environment configuration says. */
  readonly address?: string;
  readonly namespace?: string;
}

export interface TemporalClient {
  readonly client: Client;
  readonly namespace: string;
  close(): Promise<void>;
}

/**
 * Connects when first used: Temporal may be away at the start, and accepting goes on without it. TLS and API keys come
 * from Temporal's own environment configuration (`TEMPORAL_TLS_…`, `TEMPORAL_API_KEY`, a profile file).
 */
export function connectTemporal({ address, namespace: wished }: TemporalAddress): TemporalClient {
  const configured = loadClientConnectConfig();
  const connection = Connection.lazy({
    ...configured.connectionOptions,
    ...(address !== undefined && { address }),
  });
  const namespace = wished ?? configured.namespace ?? 'default';
  return { client: new Client({ connection, namespace }), namespace, close: () => connection.close() };
}
