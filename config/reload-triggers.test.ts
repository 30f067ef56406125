import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { TocsinError } from '../domain/errors.ts';
import type { ConfigHolder } from './config-holder.ts';
import { startReloadTriggers } from './reload-triggers.ts';
import { configText, createTempConfig, openTestHolder } from './testing/temp-config.ts';

const logger = { info() {}, warn() {}, error() {} };
const pollMs = 10;

function watch(
  holder: ConfigHolder,
  signals = new EventEmitter(),
): AsyncDisposable & { signals: EventEmitter } {
  const triggers = startReloadTriggers({ holder, logger, signals, pollMs, retryMs: 30 });
  return { signals, [Symbol.asyncDispose]: () => triggers.close() };
}

const routeOf = (holder: ConfigHolder) => holder.current().router.routes[0]?.name;
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 5 });

test('follows a file that is written in place, replaced, removed and put back', async () => {
  await using file = await createTempConfig();
  const { holder } = await openTestHolder(file);
  await using _watch = watch(holder);
  await file.write(configText(1));
  await eventually(() => expect(routeOf(holder)).toBe('n1'));
  await file.replace(configText(2));
  await eventually(() => expect(routeOf(holder)).toBe('n2'));
  await rm(file.path);
  await eventually(() =>
    expect(holder.lastProblem()?.problems[0]?.reason).toContain('there is no such file'),
  );
  expect(routeOf(holder)).toBe('n2');
  await file.replace(configText(3));
  await eventually(() => expect(routeOf(holder)).toBe('n3'));
});

test('follows a key file', async () => {
  await using file = await createTempConfig();
  const { holder } = await openTestHolder(file);
  await using _watch = watch(holder);
  const before = holder.current();
  await file.writeKey('another-key-0123456789');
  await eventually(() => expect(holder.current()).not.toBe(before));
});

test("follows Kubernetes' swap of the folder's link", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-mount-'));
  const mount = async (name: string, text: string) => {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'tocsin.yml'), text);
    await writeFile(join(folder, name, 's.key'), 'key-of-s-0123456789');
    await symlink(name, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  try {
    await mount('..first', configText(0));
    for (const name of ['tocsin.yml', 's.key']) await symlink(`..data/${name}`, join(folder, name));
    const { holder } = await openTestHolder({ path: join(folder, 'tocsin.yml') });
    await using _watch = watch(holder);
    await mount('..second', configText(1));
    await eventually(() => expect(routeOf(holder)).toBe('n1'));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('finds a change that was made before the first look', async () => {
  await using file = await createTempConfig();
  const { holder } = await openTestHolder(file);
  await file.write(configText(1));
  await using _watch = watch(holder);
  await eventually(() => expect(routeOf(holder)).toBe('n1'));
});

test('leaves a file alone that does not change, good or bad', async () => {
  await using file = await createTempConfig();
  const { holder, outcomes } = await openTestHolder(file);
  let looks = 0;
  const counting: ConfigHolder = {
    ...holder,
    files() {
      looks += 1;
      return holder.files();
    },
  };
  await using _watch = watch(counting);
  await file.write('routes: 1');
  await eventually(() => expect(outcomes).toEqual(['invalid']));
  const before = looks;
  await eventually(() => expect(looks).toBeGreaterThan(before + 10));
  expect(outcomes).toEqual(['invalid']);
});

test('waits until a file that grows has come to rest', async () => {
  await using file = await createTempConfig();
  const { holder, outcomes } = await openTestHolder(file);
  const parts = configText(7).split('\n');
  const grown: string[] = [];
  const growing: ConfigHolder = {
    ...holder,
    files() {
      // before each look another line has arrived, until the file is whole
      const part = parts.shift();
      if (part !== undefined) writeFileSync(file.path, [...grown, part].join('\n'));
      if (part !== undefined) grown.push(part);
      return holder.files();
    },
  };
  await using _watch = watch(growing);
  await eventually(() => expect(routeOf(holder)).toBe('n7'));
  expect(outcomes).toEqual(['changed']);
});

test('reloads on SIGHUP, until it is closed', async () => {
  await using file = await createTempConfig();
  const { holder, outcomes } = await openTestHolder(file);
  const signals = new EventEmitter();
  const triggers = startReloadTriggers({ holder, logger, signals, pollMs: 60_000 });
  await file.write(configText(1));
  signals.emit('SIGHUP');
  await eventually(() => expect(routeOf(holder)).toBe('n1'));
  await triggers.close();
  expect(signals.listenerCount('SIGHUP')).toBe(0);
  expect(outcomes).toEqual(['changed']);
});

test('tries again by itself after the database was away', async () => {
  await using file = await createTempConfig();
  let failures = 0;
  const { holder } = await openTestHolder(file, {
    async register({ router }) {
      if (router.routes[0]?.name === 'n0') return 1;
      failures += 1;
      if (failures < 3) throw new TocsinError('store_unavailable');
      return 2;
    },
  });
  await using _watch = watch(holder);
  await file.write(configText(1));
  await eventually(() => expect(routeOf(holder)).toBe('n1'));
  expect(failures).toBe(3);
});
