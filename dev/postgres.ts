import { execFile } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client, escapeIdentifier } from 'pg';
import { type Child, startChild } from './child.ts';
import { freePort } from './free-port.ts';
import { type Account, type Invocation, postgresAccount, runAs } from './postgres-account.ts';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { identifyProcess } from './process-identity.ts';
import { waitUntilReady } from './ready.ts';
import { readOrMakeSecret } from './secret-file.ts';

export interface PostgresOptions {
  /** The cluster: made when it does not exist, kept when it does. */
  readonly dataDir: string;
  readonly logFile: string;
  /** A file beside the cluster with the password of the role `tocsin`. */
  readonly passwordFile: string;
  readonly port?: number;
  /** Fail instead of taking another port; for a restart, of which clients know the address already. */
  readonly exactPort?: boolean;
  /** The database of `url`, made when it does not exist. Default `postgres`. */
  readonly database?: string;
  /** Settings over ours, for tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Default: what is found on the machine. */
  readonly binaries?: PostgresBinaries;
  readonly readyTimeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly pidFile?: string;
  readonly signal?: AbortSignal;
}

export interface RunningPostgres extends Child {
  readonly url: string;
  readonly port: number;
  readonly majorVersion: number;
}

const role = 'tocsin';
const initdbTimeoutMs = 60_000;
const probeTimeoutMs = 2_000;

/** The measured settings: without the WAL and flush sizes a write-back stall of 250 ms comes every 30 s. */
const baseSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  fsync: 'on',
  synchronous_commit: 'on',
  max_wal_size: '4GB',
  min_wal_size: '1GB',
  backend_flush_after: '512kB',
};

/** Starts a PostgreSQL server of our own and waits until it answers; never touches one that runs already. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const dataDir = resolve(options.dataDir);
  const binaries = options.binaries ?? findPostgresBinaries(dataDir, options.env);
  const account = postgresAccount();
  const password = readOrMakeSecret(options.passwordFile).secret;
  await makeCluster({ dataDir, binaries, account, password });
  removeStalePidFile(dataDir);

  const wishedPort = options.port ?? 0;
  const port = options.exactPort === true ? wishedPort : await freePort(wishedPort);
  const settings = { ...baseSettings, port: String(port), ...options.settings };
  const args = [
    '-D',
    dataDir,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const child = await startChild({
    name: 'postgres',
    ...runAs(account, binaries.postgres, args, [dataDir]),
    logFile: options.logFile,
    ...(options.pidFile !== undefined && { pidFile: options.pidFile }),
    cwd: '/',
    stopTimeoutMs: 20_000,
    stopSignal: 'SIGINT', // "fast": ends sessions and writes a checkpoint; SIGTERM would wait for the clients
  });
  const urlOf = (database: string) => `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
  await waitUntilReady(child, () => probe(urlOf('postgres'), dataDir), {
    timeoutMs: options.readyTimeoutMs ?? 60_000,
    signal: options.signal,
  });
  const database = options.database ?? 'postgres';
  try {
    if (database !== 'postgres') await makeDatabase(urlOf('postgres'), database);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { ...child, url: urlOf(database), port, majorVersion: binaries.majorVersion };
}

interface ClusterOptions {
  readonly dataDir: string;
  readonly binaries: PostgresBinaries;
  readonly account: Account | undefined;
  readonly password: string;
}

/** Makes it aside and renames it, so that a start that was killed half-way leaves nothing that looks whole. */
async function makeCluster({ dataDir, binaries, account, password }: ClusterOptions): Promise<void> {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return;
  const unfinished = `${dataDir}.unfinished`;
  const secretDir = mkdtempSync(join(tmpdir(), 'tocsin-initdb-'));
  const passwordFile = join(secretDir, 'password');
  try {
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true, mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    for (const path of [unfinished, secretDir, passwordFile])
      if (account) chownSync(path, account.uid, account.gid);
    const args = ['-D', unfinished, '-U', role, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
    await runInitdb(
      runAs(account, binaries.initdb, [...args, '-E', 'UTF8', '--locale=C'], [unfinished, passwordFile]),
    );
    renameSync(unfinished, dataDir);
  } finally {
    rmSync(secretDir, { recursive: true, force: true });
  }
}

async function runInitdb({ command, args, ...account }: Invocation): Promise<void> {
  try {
    await promisify(execFile)(command, args, { cwd: '/', timeout: initdbTimeoutMs, ...account });
  } catch (cause) {
    const { stderr } = cause as { stderr?: string };
    throw new Error(`initdb failed: ${stderr?.trim() || 'no output'}`, { cause });
  }
}

/**
 * PostgreSQL itself copes with a pid file whose process is gone, yet refuses when the pid was given to another
 * process meanwhile. A living server on this cluster is left alone and makes the start fail.
 */
function removeStalePidFile(dataDir: string): void {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  const owner = identifyProcess(pid);
  if (owner === undefined) return;
  if (owner.commandLine.includes(dataDir))
    throw new Error(`postgresql runs already on ${dataDir} (pid ${pid})`);
  rmSync(file);
}

/** Connects, and makes sure that it is our server that answers at the port. */
async function probe(url: string, dataDir: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    if (rows[0]?.data_directory !== dataDir)
      throw new Error(`another postgresql answers: ${rows[0]?.data_directory}`);
  });
}

async function makeDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
  });
}

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: probeTimeoutMs,
    query_timeout: probeTimeoutMs * 5,
  });
  client.on('error', () => {}); // a lost connection also rejects the query that waits for it
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end();
  }
}
