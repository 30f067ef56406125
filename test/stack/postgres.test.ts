import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { freePort } from '../../dev/free-port.ts';
import { startPostgres } from '../../dev/postgres.ts';
import { embeddedFolder, inspectFolder } from '../../dev/postgres-binaries.ts';
import { createScratchDir } from '../support/scratch-dir.ts';

function optionsIn(dir: string) {
  return {
    dataDir: join(dir, 'postgres'),
    passwordFile: join(dir, 'password'),
    logFile: join(dir, 'postgres.log'),
    database: 'tocsin',
  };
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text);
    return rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
}

test('keeps its data over an orderly stop and over kill -9', async () => {
  using dir = createScratchDir();
  const options = optionsIn(dir.path);
  const first = await startPostgres(options);
  await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
  expect(await first.stop()).toEqual({ code: 0, signal: null });
  const second = await startPostgres(options);
  await query(second.url, 'INSERT INTO kept VALUES (2)');
  process.kill(second.pid, 'SIGKILL');
  await second.exited;
  expect(existsSync(join(options.dataDir, 'postmaster.pid'))).toBe(true);
  const third = await startPostgres(options);
  expect(await query(third.url, 'SELECT one FROM kept ORDER BY one')).toEqual([1, 2]);
  await third.stop();
});

test('a pid file whose pid belongs to another process now does not stop the start', async () => {
  using dir = createScratchDir();
  const options = optionsIn(dir.path);
  await (await startPostgres(options)).stop();
  writeFileSync(join(options.dataDir, 'postmaster.pid'), `${process.pid}\n${options.dataDir}\n`);
  const postgres = await startPostgres(options);
  expect(await query(postgres.url, 'SELECT 1')).toEqual([1]);
  await postgres.stop();
});

test('a second server on the same data is refused', async () => {
  using dir = createScratchDir();
  const options = optionsIn(dir.path);
  const postgres = await startPostgres(options);
  await expect(startPostgres(options)).rejects.toThrow(
    `runs already on ${options.dataDir} (pid ${postgres.pid})`,
  );
  expect(await query(postgres.url, 'SELECT 1')).toEqual([1]);
  await postgres.stop();
});

test('takes another port where the wished one is taken, unless it has to be that one', async () => {
  using dir = createScratchDir();
  const port = await freePort();
  const occupant = createServer().listen(port, '127.0.0.1');
  try {
    const postgres = await startPostgres({ ...optionsIn(dir.path), port });
    expect(postgres.port).not.toBe(port);
    await postgres.stop();
    const exact = startPostgres({ ...optionsIn(dir.path), port, exactPort: true });
    await expect(exact).rejects.toThrow(/ended before it was ready[\s\S]*in use/);
  } finally {
    occupant.close();
  }
});

test('is durable, lets nobody in without the password, and listens on loopback alone', async () => {
  using dir = createScratchDir();
  const postgres = await startPostgres(optionsIn(dir.path));
  const names = [
    'fsync',
    'synchronous_commit',
    'max_wal_size',
    'listen_addresses',
    'unix_socket_directories',
  ];
  const settings = await Promise.all(names.map((name) => query(postgres.url, `SHOW ${name}`)));
  expect(settings.flat()).toEqual(['on', 'on', '4GB', '127.0.0.1', '']);
  const password = readFileSync(join(dir.path, 'password'), 'utf8').trim();
  await expect(query(postgres.url.replace(password, 'guess'), 'SELECT 1')).rejects.toThrow('password');
  await postgres.stop();
});

test('an end during the start is told with the end of the log', async () => {
  using dir = createScratchDir();
  const start = startPostgres({ ...optionsIn(dir.path), settings: { no_such_setting: '1' } });
  await expect(start).rejects.toThrow(/exit code 1[\s\S]*no_such_setting/);
});

const isRoot = process.getuid?.() === 0;

test.skipIf(!isRoot)('works below a folder that only root may enter', async () => {
  using dir = createScratchDir();
  const closed = join(dir.path, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o700);
  const postgres = await startPostgres(optionsIn(closed));
  expect(await query(postgres.url, 'SELECT 1')).toEqual([1]);
  await postgres.stop();
});

const [embedded] = embeddedFolder();
const binaries = embedded === undefined ? undefined : inspectFolder(embedded);

test.skipIf(binaries === undefined)(
  'runs from the npm package, and later with the version that made the data',
  async () => {
    using dir = createScratchDir();
    const postgres = await startPostgres({
      ...optionsIn(dir.path),
      ...(binaries !== undefined && { binaries }),
    });
    expect(postgres.majorVersion).toBe(18);
    await postgres.stop();
    const again = await startPostgres(optionsIn(dir.path));
    expect(again.majorVersion).toBe(18);
    await again.stop();
  },
);
