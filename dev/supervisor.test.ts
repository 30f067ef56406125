import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../test/support/eventually.ts';
import { createScratchDir } from '../test/support/scratch-dir.ts';
import type { Backoff } from './backoff.ts';
import { readPidFile, startChild } from './child.ts';
import { identifyProcess } from './process-identity.ts';
import { createSupervisor, type Supervised, type SupervisorEvent } from './supervisor.ts';

const quick: Backoff = { initialMs: 10, maxMs: 40, resetAfterMs: 60_000 };
const forever = 'setInterval(() => {}, 1000)';

function nodeScript(dir: string, name: string, script: string, stopTimeoutMs = 5_000): Supervised {
  return {
    name,
    start: () =>
      startChild({
        name,
        command: process.execPath,
        args: ['-e', script],
        logFile: join(dir, `${name}.log`),
        pidFile: join(dir, `${name}.pid`),
        stopTimeoutMs,
      }),
  };
}

function pidOf(dir: string, name: string): number {
  return readPidFile(join(dir, `${name}.pid`)) ?? 0;
}

test('a process that is killed is back under another pid', async () => {
  using dir = createScratchDir();
  const supervisor = createSupervisor({
    processes: [nodeScript(dir.path, 'worker', forever)],
    report: () => {},
    backoff: quick,
  });
  await supervisor.start();
  const first = pidOf(dir.path, 'worker');
  process.kill(first, 'SIGKILL');
  const second = await eventually(() => {
    const pid = pidOf(dir.path, 'worker');
    return pid === 0 || pid === first ? undefined : pid;
  });
  expect(identifyProcess(second)).toBeDefined();
  await supervisor.stop();
  expect(identifyProcess(second)).toBeUndefined();
  expect(pidOf(dir.path, 'worker')).toBe(0);
});

test('a crash loop waits twice as long each time, up to the limit', async () => {
  using dir = createScratchDir();
  const waits: number[] = [];
  const supervisor = createSupervisor({
    processes: [nodeScript(dir.path, 'server', 'process.exit(3)')],
    report: (event) => {
      if (event.kind === 'died') waits.push(event.restartInMs);
    },
    backoff: quick,
  });
  await supervisor.start();
  await eventually(() => (waits.length >= 5 ? true : undefined));
  await supervisor.stop();
  expect(waits.slice(0, 5)).toEqual([10, 20, 40, 40, 40]);
});

test('a process that lived long starts again at once', async () => {
  using dir = createScratchDir();
  const waits: number[] = [];
  let nowMs = 0;
  const supervisor = createSupervisor({
    processes: [nodeScript(dir.path, 'server', 'process.exit(3)')],
    report: (event) => {
      if (event.kind === 'died') waits.push(event.restartInMs);
    },
    backoff: quick,
    now: () => {
      nowMs += quick.resetAfterMs;
      return nowMs;
    },
  });
  await supervisor.start();
  await eventually(() => (waits.length >= 3 ? true : undefined));
  await supervisor.stop();
  expect(waits.slice(0, 3)).toEqual([10, 10, 10]);
});

test('a restart that fails is tried again', async () => {
  using dir = createScratchDir();
  const kinds: string[] = [];
  let starts = 0;
  const { start } = nodeScript(dir.path, 'temporal', forever);
  const supervisor = createSupervisor({
    processes: [
      {
        name: 'temporal',
        start: (signal) => {
          starts++;
          return starts === 2 ? Promise.reject(new Error('the port is taken')) : start(signal);
        },
      },
    ],
    report: ({ kind }) => kinds.push(kind),
    backoff: quick,
  });
  await supervisor.start();
  process.kill(pidOf(dir.path, 'temporal'), 'SIGKILL');
  await eventually(() => (kinds.length >= 4 ? true : undefined));
  await supervisor.stop();
  expect(kinds).toEqual(['started', 'died', 'start_failed', 'started', 'stopped']);
});

test('processes stop in the reverse order of their start', async () => {
  using dir = createScratchDir();
  const events: SupervisorEvent[] = [];
  const names = ['postgres', 'temporal', 'worker', 'server'];
  const supervisor = createSupervisor({
    processes: names.map((name) => nodeScript(dir.path, name, forever)),
    report: (event) => events.push(event),
    backoff: quick,
  });
  await supervisor.start();
  await supervisor.stop();
  expect(events.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    ...names.map((name) => `started ${name}`),
    ...names.toReversed().map((name) => `stopped ${name}`),
  ]);
});

test('a process that ignores the stop is killed after its deadline', async () => {
  using dir = createScratchDir();
  const stubborn = "process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)";
  const spec = nodeScript(dir.path, 'worker', stubborn, 200);
  const child = await spec.start(new AbortController().signal);
  await eventually(() => (child.logTail() === 'deaf' ? true : undefined));
  expect(await child.stop()).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a process that was stopped by a signal is not dead, and still ends in order', async () => {
  using dir = createScratchDir();
  const kinds: string[] = [];
  const supervisor = createSupervisor({
    processes: [nodeScript(dir.path, 'worker', forever)],
    report: ({ kind }) => kinds.push(kind),
    backoff: quick,
  });
  await supervisor.start();
  const pid = pidOf(dir.path, 'worker');
  process.kill(pid, 'SIGSTOP');
  await expect(eventually(() => (kinds.includes('died') ? true : undefined), 300)).rejects.toThrow(
    'not within',
  );
  expect(pidOf(dir.path, 'worker')).toBe(pid);
  await supervisor.stop();
  expect(kinds).toEqual(['started', 'stopped']);
});

test('when one does not start, those before it are stopped and the reason is thrown', async () => {
  using dir = createScratchDir();
  const supervisor = createSupervisor({
    processes: [
      nodeScript(dir.path, 'postgres', forever),
      { name: 'temporal', start: () => Promise.reject(new Error('no binary')) },
    ],
    report: () => {},
    backoff: quick,
  });
  await expect(supervisor.start()).rejects.toThrow('no binary');
  expect(pidOf(dir.path, 'postgres')).toBe(0);
});

test('a command that cannot be executed is an error that names it', async () => {
  using dir = createScratchDir();
  const start = startChild({
    name: 'redis',
    command: '/nowhere/redis',
    args: [],
    logFile: join(dir.path, 'log'),
  });
  await expect(start).rejects.toThrow('redis: cannot execute /nowhere/redis');
});
