import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { signalGroup } from '../../dev/child.ts';
import { type RunningPostgres, startPostgres } from '../../dev/postgres.ts';
import { type RunningRedis, startRedis } from '../../dev/redis.ts';
import { type RunningTemporal, startTemporal } from '../../dev/temporal.ts';
import { createScratchDir } from './scratch-dir.ts';

/** A server of one test alone, to be killed, and started again at the same address. */
export interface OwnServer extends AsyncDisposable {
  readonly address: string;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** With what it had on disk, or `afresh` with nothing. */
  restart(options?: { readonly afresh?: boolean }): Promise<void>;
}

export async function startOwnTemporal(): Promise<OwnServer> {
  const dir = createScratchDir();
  let generation = 0;
  let running: RunningTemporal | undefined;
  const start = () =>
    startTemporal({
      logFile: join(dir.path, 'temporal.log'),
      databaseFile: join(dir.path, `temporal-${generation}.db`),
      headless: true,
      env: process.env,
      ...(running !== undefined && { exactPorts: running.ports }),
    });
  const first = await start();
  running = first;
  return ownServer(first.address, dir, {
    current: () => running ?? first,
    async restart(afresh) {
      if (afresh) generation += 1;
      running = await start();
    },
  });
}

export async function startOwnPostgres(): Promise<OwnServer> {
  const dir = createScratchDir();
  let running: RunningPostgres | undefined;
  const start = () =>
    startPostgres({
      dataDir: join(dir.path, 'postgres'),
      passwordFile: join(dir.path, 'postgres-password'),
      logFile: join(dir.path, 'postgres.log'),
      ...(running !== undefined && { port: running.port, exactPort: true }),
    });
  const first = await start();
  running = first;
  return ownServer(first.url, dir, {
    current: () => running ?? first,
    async restart() {
      running = await start();
    },
  });
}

export async function startOwnRedis(): Promise<OwnServer> {
  const dir = createScratchDir();
  const redisDir = join(dir.path, 'redis');
  mkdirSync(redisDir);
  let running: RunningRedis | undefined;
  const start = () =>
    startRedis({
      dir: redisDir,
      logFile: join(dir.path, 'redis.log'),
      ...(running !== undefined && { port: running.port }),
    });
  const first = await start();
  running = first;
  return ownServer(first.url, dir, {
    current: () => running ?? first,
    async restart() {
      running = await start();
    },
  });
}

interface Lifecycle {
  current(): RunningTemporal | RunningPostgres | RunningRedis;
  restart(afresh: boolean): Promise<void>;
}

function ownServer(address: string, dir: Disposable, { current, restart }: Lifecycle): OwnServer {
  return {
    address,
    async kill() {
      const { pid, exited } = current();
      signalGroup(pid, 'SIGKILL');
      await exited;
    },
    freeze: () => signalGroup(current().pid, 'SIGSTOP'),
    thaw: () => signalGroup(current().pid, 'SIGCONT'),
    restart: ({ afresh = false } = {}) => restart(afresh),
    async [Symbol.asyncDispose]() {
      await current().stop();
      dir[Symbol.dispose]();
    },
  };
}
