import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

export interface TemporalAddress {
  /** host:port; absent: what Temporal's environment configuration says. */
  readonly address: string | undefined;
  readonly namespace: string | undefined;
}

export interface TemporalClient {
  readonly client: Client;
  readonly namespace: string;
  close(): Promise<void>;
}

/**
 * How to reach Temporal, for the client and for the worker's own connection. TLS and API keys come from Temporal's
 * environment configuration (`TEMPORAL_TLS_…`, `TEMPORAL_API_KEY`, a profile file).
 */
export function temporalConnectionOptions({ address }: Pick<TemporalAddress, 'address'>) {
  const { connectionOptions } = loadClientConnectConfig();
  return address === undefined ? connectionOptions : { ...connectionOptions, address };
}

/** Connects when first used: Temporal may be away at the start, and accepting goes on without it. */
export function connectTemporal({ address, namespace: wished }: TemporalAddress): TemporalClient {
  const connection = Connection.lazy(temporalConnectionOptions({ address }));
  const namespace = wished ?? loadClientConnectConfig().namespace ?? 'default';
  return { client: new Client({ connection, namespace }), namespace, close: () => connection.close() };
}
