import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The role and the database that `tocsin up` makes. */
const account = { role: 'tocsin', database: 'tocsin' };

/**
 * The database of the local stack that keeps its state in `dataDir`; undefined while that does not run. Only reads:
 * a folder that is not there is not made.
 */
export function localDatabaseUrl(dataDir: string): string | undefined {
  const root = resolve(dataDir);
  const pidFile = join(root, 'postgres', 'postmaster.pid');
  const passwordFile = join(root, 'postgres-password');
  if (!existsSync(pidFile) || !existsSync(passwordFile)) return undefined;
  // its fourth line is the port: https://www.postgresql.org/docs/current/storage-file-layout.html
  const port = Number(readFileSync(pidFile, 'utf8').split('\n')[3]);
  if (!Number.isInteger(port) || port <= 0) return undefined;
  const password = readFileSync(passwordFile, 'utf8').trim();
  return `postgres://${account.role}:${password}@127.0.0.1:${port}/${account.database}`;
}

/** The token that `tocsin up` made; undefined where there is none. */
export function localToken(dataDir: string): string | undefined {
  const file = join(resolve(dataDir), 'token');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
