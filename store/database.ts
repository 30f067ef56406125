import { Pool, type PoolClient } from 'pg';
import { errorCodeOf, TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { Logger } from '../telemetry/logger.ts';
import { CopyIn } from './copy-in.ts';
import { isUnavailable, storeError } from './store-error.ts';
import { textJson } from './text-json.ts';

/** Runs one statement and answers its rows. Numbers of type bigint and json arrive as text. */
export type Query = <Row extends object>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Pooled connections for reads and for small writes that are not appends. */
export interface Database {
  /** Throws `store_unavailable` when the connection, and not the statement, is at fault. */
  readonly query: Query;
  /**
   * Runs `run` in one transaction on one connection. Throws `unknown_outcome` when the connection dies
   * during the commit.
   */
  transaction<T>(run: (query: Query) => Promise<T>): Promise<T>;
  /**
   * Runs a `COPY … FROM STDIN` with these rows in PostgreSQL's text format, see copy-lines.ts; statements behind it, after a semicolon,
   * share its transaction. Throws as `query` does.
   */
  copy(statements: string, rows: Buffer): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly maxConnections?: number;
  readonly logger: Logger;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
}

export function openDatabase(options: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: options.url,
    max: options.maxConnections ?? limits.maxReadConnections,
    application_name: options.applicationName,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    statement_timeout: limits.readTimeoutMs,
    // Later than the server's own timeout, so that it only ends connections that went silent.
    query_timeout: limits.readTimeoutMs + limits.connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types: textJson,
  });
  pool.on('error', (error) => options.logger.warn({ err: error }, 'an idle database connection broke'));
  return {
    query: (text, values) => runOn(pool, text, values),
    transaction: (run) => runTransaction(pool, run),
    copy: (statements, rows) => runCopy(pool, new CopyIn(statements, rows)),
    close: () => pool.end(),
  };
}

async function runOn<Row extends object>(
  target: Pool | PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  try {
    const result = await target.query<Row>(text, [...values]);
    return result.rows;
  } catch (error) {
    throw storeError(error);
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw storeError(error);
  }
}

async function runTransaction<T>(pool: Pool, run: (query: Query) => Promise<T>): Promise<T> {
  const client = await connect(pool);
  // A checked-out client has no listener of the pool's; its statement fails anyway when the connection does.
  const ignore = () => {};
  client.on('error', ignore);
  let failure: unknown;
  try {
    await runOn(client, 'BEGIN');
    const result = await run((text, values) => runOn(client, text, values));
    await commit(client);
    return result;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await settle(client, failure);
    client.off('error', ignore);
  }
}

async function runCopy(pool: Pool, copy: CopyIn): Promise<void> {
  const client = await connect(pool);
  const ignore = () => {};
  client.on('error', ignore);
  let failure: unknown;
  try {
    await client.query(copy).done;
  } catch (error) {
    failure = storeError(error);
    throw failure;
  } finally {
    // The server has rolled back what it refused; a connection that broke is thrown away.
    client.release(failure !== undefined && isUnavailable(failure));
    client.off('error', ignore);
  }
}

async function commit(client: PoolClient): Promise<void> {
  try {
    await client.query('COMMIT');
  } catch (error) {
    throw isUnavailable(error) ? new TocsinError('unknown_outcome', { cause: error }) : error;
  }
}

/** Gives the connection back rolled back, or throws it away: it is never lent out in a transaction. */
async function settle(client: PoolClient, failure: unknown): Promise<void> {
  if (failure === undefined) return client.release();
  const code = errorCodeOf(failure);
  if (code === 'store_unavailable' || code === 'unknown_outcome') return client.release(true);
  try {
    await client.query('ROLLBACK');
    client.release();
  } catch {
    client.release(true);
  }
}

/** Throws `unsafe_database` when PostgreSQL would answer a commit before it is on disk. */
export async function assertDurable(database: Pick<Database, 'query'>): Promise<void> {
  const settings = await database.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'off'`,
  );
  if (settings.length === 0) return;
  const names = settings.map(({ name }) => name).join(' and ');
  throw new TocsinError('unsafe_database', { detail: `the database has ${names} turned off` });
}
