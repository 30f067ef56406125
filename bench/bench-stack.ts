import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataDir } from '../dev/data-dir.ts';
import { freePort } from '../dev/free-port.ts';
import { waitForHttp } from '../dev/http-ready.ts';
import type { RunningPostgres } from '../dev/postgres.ts';
import { describeStack } from '../dev/stack.ts';
import { createSupervisor } from '../dev/supervisor.ts';
import { describeEvent } from '../dev/terminal.ts';
import { benchConfig } from './bench-config.ts';

export interface BenchStackOptions {
  readonly providerUrl: string;
  readonly patientWait?: string;
  readonly print: (line: string) => void;
  /** A folder for `--cpu-prof` files of server and worker. */
  readonly profileDir?: string;
}

/** The product as `tocsin up` runs it, on a data directory, ports and a configuration of its own. */
export interface BenchStack {
  readonly apiUrl: string;
  readonly sourceKey: string;
  readonly token: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly postgresMajor: number;
  /** postgres, temporal, worker, server. */
  readonly pids: ReadonlyMap<string, number>;
  /** Processes that died during the run: its figures are worth little then. */
  deaths(): number;
  close(): Promise<void>;
}

const readyTimeoutMs = 120_000;

export async function openBenchStack(options: BenchStackOptions): Promise<BenchStack> {
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-bench-'));
  chmodSync(dir, 0o711); // as root, PostgreSQL runs under another account
  const dataDir = openDataDir(join(dir, 'data'));
  const sourceKey = `bench_${randomBytes(24).toString('hex')}`;
  const token = `bench_${randomBytes(24).toString('hex')}`;
  const configFile = join(dir, 'tocsin.yml');
  writeFileSync(configFile, benchConfig({ ...options, sourceKey }), { mode: 0o600 });
  const [apiPort, metricsPort] = [await freePort(), await freePort()];
  const pids = new Map<string, number>();
  let deaths = 0;
  let postgres: RunningPostgres | undefined;
  let temporalAddress = '';
  const supervisor = createSupervisor({
    processes: describeStack({
      dataDir,
      print: options.print,
      env: {
        ...environmentOfOurOwn(),
        ...(options.profileDir !== undefined && {
          NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${options.profileDir}`,
        }),
        TOCSIN_CONFIG: configFile,
        TOCSIN_LISTEN: `127.0.0.1:${apiPort}`,
        TOCSIN_METRICS_LISTEN: `127.0.0.1:${metricsPort}`,
        TOCSIN_TOKEN: token,
      },
      onPostgres: (it) => {
        postgres = it;
      },
      onTemporal: ({ address }) => {
        temporalAddress = address;
      },
    }),
    report: (event) => {
      if (event.kind === 'started') pids.set(event.name, event.pid);
      if (event.kind === 'died') deaths += 1;
      if (event.kind === 'died' || event.kind === 'start_failed') options.print(describeEvent(event) ?? '');
    },
  });
  const close = async () => {
    await supervisor.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await supervisor.start();
    const apiUrl = `http://127.0.0.1:${apiPort}`;
    const url = `${apiUrl}/readyz`;
    const reason = await waitForHttp({
      url,
      timeoutMs: readyTimeoutMs,
      signal: new AbortController().signal,
    });
    if (reason !== undefined || postgres === undefined) throw new Error(`the stack is not ready: ${reason}`);
    const { url: databaseUrl, majorVersion: postgresMajor } = postgres;
    const addresses = { apiUrl, databaseUrl, temporalAddress };
    return { ...addresses, sourceKey, token, postgresMajor, pids, deaths: () => deaths, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Without what names servers that run already: nothing but our own is measured, or filled with alerts. */
function environmentOfOurOwn(): NodeJS.ProcessEnv {
  const foreign = /^(?:DATABASE_URL|REDIS_URL|TEMPORAL_.*|TOCSIN_.*|OTEL_.*|NODE_OPTIONS)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
