import { fileURLToPath } from 'node:url';
import { startChild } from './child.ts';
import type { DataDir, StackProcess } from './data-dir.ts';
import type { Orphan } from './orphans.ts';
import { type RunningPostgres, startPostgres } from './postgres.ts';
import type { Supervised } from './supervisor.ts';
import { type RunningTemporal, startTemporal } from './temporal.ts';

export interface StackOptions {
  readonly dataDir: DataDir;
  /** What `server` and `worker` get; the addresses of what is started here are added to it. */
  readonly env: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
  readonly onPostgres: (postgres: RunningPostgres) => void;
  readonly onTemporal: (temporal: RunningTemporal) => void;
}

const wishedPostgresPort = 5_433;
const stopTimeoutsMs = { server: 15_000, worker: 25_000 };
const mainFile = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

/**
 * The processes of the local stack in the order in which they start. PostgreSQL and Temporal are left out where
 * DATABASE_URL or TEMPORAL_ADDRESS names one that is already there; after a restart they keep their ports, because
 * the others know them.
 */
export function describeStack(options: StackOptions): Supervised[] {
  const env: NodeJS.ProcessEnv = { ...options.env, TOCSIN_DATA_DIR: options.dataDir.root };
  return [
    ...(env.DATABASE_URL ? [] : [supervisePostgres(options, env)]),
    ...(env.TEMPORAL_ADDRESS ? [] : [superviseTemporal(options, env)]),
    superviseRole('worker', options, env),
    superviseRole('server', options, env),
  ];
}

function supervisePostgres({ dataDir, onPostgres }: StackOptions, env: NodeJS.ProcessEnv): Supervised {
  let port: number | undefined;
  return {
    name: 'postgres',
    start: async (signal) => {
      const postgres = await startPostgres({
        dataDir: dataDir.postgres,
        passwordFile: dataDir.postgresPassword,
        logFile: dataDir.logFile('postgres'),
        pidFile: dataDir.pidFile('postgres'),
        port: port ?? wishedPostgresPort,
        exactPort: port !== undefined,
        database: 'tocsin',
        env,
        signal,
      });
      if (port === undefined) onPostgres(postgres);
      port = postgres.port;
      env.DATABASE_URL = postgres.url;
      return postgres;
    },
  };
}

function superviseTemporal({ dataDir, print, onTemporal }: StackOptions, env: NodeJS.ProcessEnv): Supervised {
  let earlier: RunningTemporal | undefined;
  return {
    name: 'temporal',
    start: async (signal) => {
      const temporal = await startTemporal({
        databaseFile: dataDir.temporalDatabase,
        logFile: dataDir.logFile('temporal'),
        pidFile: dataDir.pidFile('temporal'),
        ...(earlier !== undefined && { exactPorts: earlier.ports }),
        env,
        print,
        signal,
      });
      if (earlier === undefined) onTemporal(temporal);
      earlier = temporal;
      env.TEMPORAL_ADDRESS = temporal.address;
      env.TEMPORAL_NAMESPACE = temporal.namespace;
      return temporal;
    },
  };
}

/** Ready as soon as it runs: whether it works is what `/readyz` tells. */
function superviseRole(
  role: 'server' | 'worker',
  { dataDir }: StackOptions,
  env: NodeJS.ProcessEnv,
): Supervised {
  return {
    name: role,
    start: () =>
      startChild({
        name: role,
        command: process.execPath,
        args: ['--disable-proto=delete', mainFile, role, '--data-dir', dataDir.root],
        env,
        logFile: dataDir.logFile(role),
        pidFile: dataDir.pidFile(role),
        stopTimeoutMs: stopTimeoutsMs[role],
      }),
  };
}

/** What an earlier run on this data directory may have left, in the order in which it is stopped. */
export function possibleOrphans(dataDir: DataDir): Orphan[] {
  const orphan = (name: StackProcess, marks: string[]): Orphan => ({
    name,
    pidFile: dataDir.pidFile(name),
    marks,
  });
  return [
    orphan('server', [`server --data-dir ${dataDir.root}`]),
    orphan('worker', [`worker --data-dir ${dataDir.root}`]),
    orphan('temporal', [`--db-filename ${dataDir.temporalDatabase}`]),
    { ...orphan('postgres', [`-D ${dataDir.postgres}`]), stopSignal: 'SIGINT' },
  ];
}
