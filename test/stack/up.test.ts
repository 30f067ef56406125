import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { type Child, readPidFile, startChild } from '../../dev/child.ts';
import { identifyProcess } from '../../dev/process-identity.ts';
import { eventually } from '../support/eventually.ts';
import { createScratchDir } from '../support/scratch-dir.ts';

const mainFile = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const startMs = 30_000;
const names = ['postgres', 'temporal', 'worker', 'server'] as const;

interface Up extends Child {
  readonly output: () => string;
}

/** `tocsin up` without a configuration, in a folder of its own. */
async function startUp(dir: string, name: string): Promise<Up> {
  const { DATABASE_URL, TEMPORAL_ADDRESS, REDIS_URL, TOCSIN_CONFIG, TOCSIN_TOKEN, ...env } = process.env;
  const logFile = join(dir, `${name}.log`);
  const child = await startChild({
    name,
    command: process.execPath,
    args: ['--disable-proto=delete', mainFile, 'up', '--data-dir', join(dir, 'data')],
    cwd: dir,
    env: { ...env, TOCSIN_LISTEN: '127.0.0.1:0' },
    logFile,
    stopTimeoutMs: 45_000,
  });
  return { ...child, output: () => readFileSync(logFile, 'utf8') };
}

function pidOf(dir: string, name: (typeof names)[number]): number | undefined {
  return readPidFile(join(dir, 'data', 'run', `${name}.pid`));
}

function allPids(dir: string): number[] | undefined {
  const pids = names.map((name) => pidOf(dir, name));
  return pids.every((pid) => pid !== undefined) ? pids : undefined;
}

async function postgresAnswers(dir: string, up: Up): Promise<number> {
  const port = /postgres .* at 127\.0\.0\.1:(\d+)/.exec(up.output())?.[1];
  const password = readFileSync(join(dir, 'data', 'postgres-password'), 'utf8').trim();
  const client = new Client({ connectionString: `postgres://tocsin:${password}@127.0.0.1:${port}/tocsin` });
  await client.connect();
  await client.end();
  return Number(port);
}

test('up restarts what is killed, refuses a second up, and stops everything in order', async () => {
  using dir = createScratchDir();
  const up = await startUp(dir.path, 'up');
  const pids = await eventually(() => allPids(dir.path), startMs);
  const port = await eventually(() => postgresAnswers(dir.path, up), startMs);

  const second = await startUp(dir.path, 'second');
  expect(await second.exited).toEqual({ code: 1, signal: null });
  expect(second.output()).toContain(`tocsin runs already on ${join(dir.path, 'data')} (pid ${up.pid})`);

  const postgresPid = pidOf(dir.path, 'postgres') ?? 0;
  process.kill(postgresPid, 'SIGKILL');
  await eventually(() => {
    const pid = pidOf(dir.path, 'postgres');
    return pid === undefined || pid === postgresPid ? undefined : pid;
  }, startMs);
  expect(await eventually(() => postgresAnswers(dir.path, up), startMs)).toBe(port);

  expect(await up.stop()).toEqual({ code: 0, signal: null });
  const order = [...up.output().matchAll(/^(\w+) +stopped$/gm)].map(([, name]) => name);
  expect(order).toEqual(names.toReversed());
  for (const pid of pids) expect(identifyProcess(pid)).toBeUndefined();
  expect(existsSync(join(dir.path, 'data', 'run', 'up.lock'))).toBe(false);
});

test('what an up that was killed left behind is stopped by the next one', async () => {
  using dir = createScratchDir();
  const killed = await startUp(dir.path, 'killed');
  await eventually(() => allPids(dir.path), startMs);
  process.kill(killed.pid, 'SIGKILL');
  await killed.exited;
  const left = pidOf(dir.path, 'postgres') ?? 0;
  expect(identifyProcess(left)).toBeDefined();

  const up = await startUp(dir.path, 'up');
  await eventually(() => postgresAnswers(dir.path, up), startMs);
  expect(up.output()).toContain(`stopping postgres of an earlier run (pid ${left})`);
  await up.stop();
});
