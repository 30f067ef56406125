import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where everything is that the local stack keeps. */
export interface DataDir {
  readonly root: string;
  readonly postgres: string;
  readonly postgresPassword: string;
  readonly temporalDatabase: string;
  readonly token: string;
  readonly demoKey: string;
  readonly lock: string;
  pidFile(process: StackProcess): string;
  logFile(process: StackProcess): string;
}

export type StackProcess = 'postgres' | 'temporal' | 'worker' | 'server';

/** Makes the folders where they are missing; only their owner reads what is in them. */
export function openDataDir(path: string): DataDir {
  const root = resolve(path);
  // As root, PostgreSQL runs under another account, which has to pass through.
  mkdirSync(root, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  for (const name of ['run', 'logs', 'temporal'])
    mkdirSync(join(root, name), { recursive: true, mode: 0o700 });
  return {
    root,
    postgres: join(root, 'postgres'),
    postgresPassword: join(root, 'postgres-password'),
    temporalDatabase: join(root, 'temporal', 'temporal.db'),
    token: join(root, 'token'),
    demoKey: join(root, 'demo-key'),
    lock: join(root, 'run', 'up.lock'),
    pidFile: (process) => join(root, 'run', `${process}.pid`),
    logFile: (process) => join(root, 'logs', `${process}.log`),
  };
}
