import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import type { TocsinConfig } from '../../config/config.ts';
import { configText, createTempConfig, openTestHolder } from '../../config/testing/temp-config.ts';
import { signalGroup, startChild } from '../../dev/child.ts';
import { freePort } from '../../dev/free-port.ts';
import { readPolicies, registerConfig } from '../../store/config-versions.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { createScratchDir } from '../support/scratch-dir.ts';

const registerIn = (database: Database) => ({
  register: ({ hash, policies }: TocsinConfig) => registerConfig(database, { hash, policies }),
});

test('processes that reload at the same time give one file one number, whose policies are known by then', async () => {
  await using open = new AsyncDisposableStack();
  const { url } = open.use(await createTestDatabase());
  const database = open.adopt(openDatabase({ url, logger: quietLogger(), applicationName: 'test' }), (it) =>
    it.close(),
  );
  await migrate(database);
  const file = open.use(await createTempConfig());
  const processes = await Promise.all([1, 2, 3].map(() => openTestHolder(file, registerIn(database))));
  const numbers = new Map<string, number>();
  for (let round = 1; round <= 20; round += 1) {
    await file.replace(configText(round % 5));
    const results = await Promise.all(processes.map(({ holder }) => holder.reload('file')));
    for (const { holder } of processes) {
      const { version, hash, policies } = holder.current();
      expect(numbers.get(hash) ?? version).toBe(version);
      numbers.set(hash, version);
      const [name = ''] = policies.keys();
      expect(await readPolicies(database, version)).toHaveProperty(name);
    }
    expect(results.every(({ ok }) => ok)).toBe(true);
  }
  expect([...numbers.values()].sort()).toEqual([1, 2, 3, 4, 5]);
});

test('a running worker takes up a changed file by itself and on SIGHUP, and outlives a bad one', async () => {
  await using open = new AsyncDisposableStack();
  const { url } = open.use(await createTestDatabase());
  const dir = open.use(createScratchDir());
  const file = open.use(await createTempConfig());
  const port = await freePort(0, '127.0.0.1');
  const worker = open.adopt(
    await startChild({
      name: 'worker',
      command: process.execPath,
      args: [
        '--disable-proto=delete',
        fileURLToPath(new URL('../../cli/main.ts', import.meta.url)),
        'worker',
      ],
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: url,
        TEMPORAL_ADDRESS: inject('temporalAddress'),
        TOCSIN_QUEUE_PREFIX: `test-${randomBytes(6).toString('hex')}`,
        TOCSIN_METRICS_LISTEN: `127.0.0.1:${port}`,
        TOCSIN_CONFIG: file.path,
      },
      logFile: join(dir.path, 'worker.log'),
      stopTimeoutMs: 20_000,
    }),
    (it) => it.stop().then(() => {}),
  );
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  };
  const untilVersion = (version: number) =>
    eventually(async () => ((await metric('tocsin_config_version')) === version ? true : undefined), 30_000);

  await untilVersion(1);
  await file.replace(configText(1));
  await untilVersion(2);
  await file.replace('version: 1\n');
  await eventually(async () => ((await metric('tocsin_config_in_force')) === 0 ? true : undefined), 10_000);
  expect(await metric('tocsin_config_version')).toBe(2);
  await file.replace(configText(2));
  signalGroup(worker.pid, 'SIGHUP');
  await untilVersion(3);
  expect(await metric('tocsin_config_in_force')).toBe(1);
  expect(worker.hasExited()).toBe(false);
});
