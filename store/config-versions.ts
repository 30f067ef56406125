import type { PolicySnapshot } from '../domain/policy/policy.ts';
import type { Database } from './database.ts';
import { lockKeys } from './lock-keys.ts';

export interface RegisteredConfig {
  /** Of the whole configuration, secrets hashed. */
  readonly hash: string;
  readonly policies: ReadonlyMap<string, PolicySnapshot>;
}

/**
 * Gives a configuration its version number, counted from 1. The same hash always has the same number,
 * whichever process asks; numbers have no holes.
 */
export async function registerConfig(
  database: Database,
  { hash, policies }: RegisteredConfig,
): Promise<number> {
  return database.transaction(async (query) => {
    await query('SELECT pg_advisory_xact_lock($1, $2)', [lockKeys.named, lockKeys.configVersions]);
    const rows = await query<{ version: number }>(
      `WITH known AS (SELECT version FROM config_versions WHERE hash = $1),
       added AS (
         INSERT INTO config_versions (version, hash, policies)
         SELECT (SELECT coalesce(max(version), 0) + 1 FROM config_versions), $1, $2
         WHERE NOT EXISTS (SELECT FROM known)
         RETURNING version
       )
       SELECT version FROM known UNION ALL SELECT version FROM added`,
      [hash, JSON.stringify(Object.fromEntries(policies))],
    );
    const version = rows[0]?.version;
    if (version === undefined) throw new Error('the configuration got no version');
    return version;
  });
}

/** The policies as that version had them, or undefined when the version was never registered. */
export async function readPolicies(
  database: Pick<Database, 'query'>,
  version: number,
): Promise<Readonly<Record<string, PolicySnapshot>> | undefined> {
  const rows = await database.query<{ policies: string }>(
    'SELECT policies FROM config_versions WHERE version = $1',
    [version],
  );
  const text = rows[0]?.policies;
  return text === undefined ? undefined : (JSON.parse(text) as Record<string, PolicySnapshot>);
}
