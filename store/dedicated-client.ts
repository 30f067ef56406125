import { Client } from 'pg';
import { limits } from '../domain/limits.ts';
import type { Query } from './database.ts';
import { storeError } from './store-error.ts';
import { textJson } from './text-json.ts';

/** A connection of its own, for what lives and dies with its session: advisory locks. */
export interface DedicatedClient {
  readonly client: Client;
  readonly query: Query;
  isOpen(): boolean;
  /** Resolves once the connection is gone, for whatever reason. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

export interface DedicatedClientOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly statementTimeoutMs: number;
}

/** Throws `store_unavailable`. */
export async function openDedicatedClient(options: DedicatedClientOptions): Promise<DedicatedClient> {
  const client = new Client({
    connectionString: options.url,
    application_name: options.applicationName,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: limits.lockHeartbeatMs,
    types: textJson,
  });
  let isOpen = true;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const onGone = () => {
    isOpen = false;
    resolve();
  };
  // A broken connection also fails the statement that waits for it, so the error itself is not lost.
  client.on('error', onGone);
  client.on('end', onGone);
  const query: Query = async <Row extends object>(text: string, values: readonly unknown[] = []) => {
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw storeError(error);
    }
  };
  const close = async () => {
    isOpen = false;
    // Waits for the goodbye, yet not for a peer that no longer answers.
    const timer = setTimeout(resolve, limits.connectTimeoutMs);
    void client.end().catch(resolve);
    await closed;
    clearTimeout(timer);
  };
  await connect(client, close);
  return { client, query, isOpen: () => isOpen, closed, close };
}

/** With keepalives the server notices a vanished peer, and frees its locks, within about 25 s. */
async function connect(client: Client, close: () => Promise<void>): Promise<void> {
  try {
    await client.connect();
    await client.query(
      'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3',
    );
  } catch (error) {
    await close();
    throw storeError(error);
  }
}
