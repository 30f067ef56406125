import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../../dev/postgres.ts';
import { benchConfig } from '../bench-config.ts';

/** PostgreSQL and one server process that accepts, stores and folds alert views; nothing dispatches. */
export interface AcceptStack {
  readonly port: number;
  /** Where the bodies go. */
  readonly path: string;
  readonly databaseUrl: string;
  readonly postgresMajor: number;
  readonly pids: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export interface AcceptStackOptions {
  /** A folder for a `--cpu-prof` file of the server. */
  readonly profileDir?: string;
}

export async function openAcceptStack({ profileDir }: AcceptStackOptions): Promise<AcceptStack> {
  await using opened = new AsyncDisposableStack();
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-bench-'));
  opened.defer(() => rmSync(dir, { recursive: true, force: true }));
  chmodSync(dir, 0o711); // PostgreSQL may run under another account
  const at = (name: string) => join(dir, name);
  const files = { dataDir: at('data'), logFile: at('log'), passwordFile: at('password') };
  const postgres = opened.adopt(await startPostgres(files), async (it) => void (await it.stop()));
  const sourceKey = `bench_${randomBytes(24).toString('hex')}`;
  writeFileSync(at('tocsin.yml'), benchConfig({ providerUrl: 'http://127.0.0.1:9/page', sourceKey }), {
    mode: 0o600,
  });
  const profile = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const server = fork(fileURLToPath(new URL('./accept-server-process.ts', import.meta.url)), [], {
    execArgv: ['--disable-proto=delete', ...profile],
    env: {
      ...process.env,
      DATABASE_URL: postgres.url,
      TOCSIN_CONFIG: at('tocsin.yml'),
      TOCSIN_LISTEN: '127.0.0.1:0',
    },
  });
  opened.defer(async () => {
    if (server.exitCode !== null) return;
    server.kill('SIGTERM');
    await once(server, 'exit');
  });
  const [ready] = (await once(server, 'message')) as [{ readonly port: number }];
  const closing = opened.move();
  return {
    port: ready.port,
    path: `/v1/sources/${sourceKey}`,
    databaseUrl: postgres.url,
    postgresMajor: postgres.majorVersion,
    pids: new Map([
      ['server', server.pid ?? 0],
      ['postgres', postgres.pid],
    ]),
    close: () => closing.disposeAsync(),
  };
}
