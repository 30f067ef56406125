import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Child, signalGroup } from '../../dev/child.ts';
import { startPostgres } from '../../dev/postgres.ts';
import { findRedisServer, startRedis } from '../../dev/redis.ts';
import { startTemporal } from '../../dev/temporal.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Administrator's URL of a PostgreSQL server of this run alone. */
    postgresUrl: string;
    /** Empty where the machine has no redis-server and REDIS_URL is not set. */
    redisUrl: string;
    temporalAddress: string;
  }
}

const startAttempts = 3;

/** Starts the servers of one test run on free ports with data of their own, and removes both afterwards. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-test-'));
  chmodSync(dir, 0o711); // PostgreSQL may run under another account
  const children: Child[] = [];
  const killAll = () => {
    for (const child of children) if (!child.hasExited()) signalGroup(child.pid, 'SIGKILL');
  };
  const teardown = async () => {
    await Promise.all(children.map((child) => child.stop()));
    process.off('exit', killAll);
    rmSync(dir, { recursive: true, force: true });
  };
  process.once('exit', killAll);
  try {
    // All are awaited before a failure is handled, so that none is left behind.
    const started = await Promise.allSettled([
      retry(() => launchPostgres(dir, children)),
      retry(() => launchTemporal(dir, children)),
      retry(() => launchRedis(dir, children)),
    ]);
    const [postgresUrl, temporalAddress, redisUrl] = started.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
    project.provide('postgresUrl', postgresUrl ?? '');
    project.provide('temporalAddress', temporalAddress ?? '');
    project.provide('redisUrl', redisUrl ?? '');
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

async function launchPostgres(dir: string, children: Child[]): Promise<string> {
  const postgres = await startPostgres({
    dataDir: join(dir, 'postgres'),
    passwordFile: join(dir, 'postgres-password'),
    logFile: join(dir, 'postgres.log'),
    settings: { max_connections: '300' },
  });
  children.push(postgres);
  return postgres.url;
}

async function launchTemporal(dir: string, children: Child[]): Promise<string> {
  const temporal = await startTemporal({
    logFile: join(dir, 'temporal.log'),
    headless: true,
    env: process.env,
    print: (line) => process.stderr.write(`${line}\n`),
  });
  children.push(temporal);
  return temporal.address;
}

async function launchRedis(dir: string, children: Child[]): Promise<string> {
  if (findRedisServer() === undefined) {
    const given = process.env.REDIS_URL ?? '';
    if (given === '')
      process.stderr.write('no redis-server on PATH and no REDIS_URL: the Redis tests are skipped\n');
    return given;
  }
  const redisDir = join(dir, 'redis');
  mkdirSync(redisDir, { recursive: true });
  const redis = await startRedis({ dir: redisDir, logFile: join(dir, 'redis.log') });
  children.push(redis);
  return redis.url;
}

/** A port that was free when it was chosen may be taken by another run before the server has it. */
async function retry<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === startAttempts) throw error;
    }
  }
}
