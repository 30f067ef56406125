import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { type Child, startChild } from './child.ts';
import { freePort } from './free-port.ts';
import { waitUntilReady } from './ready.ts';

export interface RunningRedis extends Child {
  readonly url: string;
  readonly port: number;
}

export interface RedisOptions {
  /** Where the server works; nothing is kept in it. */
  readonly dir: string;
  readonly logFile: string;
  readonly port?: number;
  readonly env?: NodeJS.ProcessEnv;
}

const probeTimeoutMs = 1_000;

export function findRedisServer(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return (env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'redis-server'))
    .find((file) => existsSync(file));
}

/** Starts a Redis server without persistence and waits until it answers a PING. */
export async function startRedis(options: RedisOptions): Promise<RunningRedis> {
  const command = findRedisServer(options.env);
  if (command === undefined) throw new Error('redis-server is not on PATH');
  const port = await freePort(options.port);
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    daemonize: 'no',
    dir: options.dir,
  };
  const child = await startChild({
    name: 'redis',
    command,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    logFile: options.logFile,
    stopTimeoutMs: 5_000,
  });
  await waitUntilReady(child, () => ping(port), { timeoutMs: 10_000 });
  return { ...child, url: `redis://127.0.0.1:${port}`, port };
}

function ping(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ port, host: '127.0.0.1', timeout: probeTimeoutMs });
  socket.once('error', reject);
  socket.once('timeout', () => reject(new Error('no answer to PING')));
  socket.once('connect', () => socket.write('PING\r\n'));
  socket.once('data', (data) => {
    if (data.toString().startsWith('+PONG')) resolve();
    else reject(new Error('an answer other than PONG'));
  });
  return promise.finally(() => socket.destroy());
}
