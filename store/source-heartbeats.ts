import { limits } from '../domain/limits.ts';
import type { Database, Query } from './database.ts';

export interface SourceKey {
  readonly tenant: string;
  readonly source: string;
}

export interface WatchedSource extends SourceKey {
  readonly everyMs: number;
}

/** A source that was not heard in time, until somebody has been told that it is heard again. */
export interface Silence extends SourceKey {
  /** When the source should have been heard at the latest. */
  readonly since: Date;
  /** The newest time at which it was heard. */
  readonly heardAt: Date;
  readonly state: 'begun' | 'raised' | 'over';
}

// All times are the database's own, so that the clocks of several servers need not agree.

/** Notes that sources were heard so long ago; what is noted already and newer stays. Throws `store_unavailable`. */
export async function writeHeard(
  database: Pick<Database, 'query'>,
  heard: readonly (SourceKey & { readonly ageMs: number })[],
): Promise<void> {
  await database.query(
    `INSERT INTO source_heartbeats AS known (tenant, source, heard_at)
     SELECT tenant, source, now() - age_ms * interval '1 millisecond'
     FROM unnest($1::text[], $2::text[], $3::double precision[]) AS heard (tenant, source, age_ms)
     ORDER BY tenant, source
     ON CONFLICT (tenant, source) DO UPDATE SET heard_at = EXCLUDED.heard_at
     WHERE known.heard_at < EXCLUDED.heard_at`,
    [...columnsOf(heard), heard.map(({ ageMs }) => ageMs)],
  );
}

/**
 * Looks which sources are silent. A source that nobody has heard yet counts from the first look. Looks that are further
 * apart than `limits.heartbeatGapMs` mean that the database or all servers were away: nobody could hear anything, so the
 * time before counts for no source. Sources that are not watched any more are over, or forgotten. Throws
 * `store_unavailable`.
 */
export function lookForSilence(database: Database, watched: readonly WatchedSource[]): Promise<Silence[]> {
  const columns = columnsOf(watched);
  return database.transaction(async (query) => {
    const since = await noteLook(query);
    await query(
      `INSERT INTO source_heartbeats (tenant, source, heard_at)
       SELECT tenant, source, now() FROM unnest($1::text[], $2::text[]) AS watched (tenant, source)
       ON CONFLICT (tenant, source) DO NOTHING`,
      columns,
    );
    await query(
      `DELETE FROM source_heartbeats WHERE silent_since IS NULL
       AND (tenant, source) NOT IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
      columns,
    );
    await query(
      `UPDATE source_heartbeats AS known
       SET silent_since = date_trunc('milliseconds', greatest(heard_at, $4)) + every_ms * interval '1 millisecond'
       FROM unnest($1::text[], $2::text[], $3::double precision[]) AS watched (tenant, source, every_ms)
       WHERE known.tenant = watched.tenant AND known.source = watched.source AND silent_since IS NULL
       AND greatest(heard_at, $4) < now() - (every_ms + $5) * interval '1 millisecond'`,
      [...columns, watched.map(({ everyMs }) => everyMs), since, limits.heartbeatGraceMs],
    );
    return query<Silence>(
      `SELECT tenant, source, silent_since AS since, heard_at AS "heardAt",
         CASE WHEN heard_at > silent_since
           OR (tenant, source) NOT IN (SELECT * FROM unnest($1::text[], $2::text[])) THEN 'over'
         WHEN is_raised THEN 'raised' ELSE 'begun' END AS state
       FROM source_heartbeats WHERE silent_since IS NOT NULL ORDER BY tenant, source`,
      columns,
    );
  });
}

/** Since when looks have followed each other without a gap, as text. */
async function noteLook(query: Query): Promise<string> {
  const rows = await query<{ since: string }>(
    `INSERT INTO heartbeat_watch AS watch (looked_at, since) VALUES (now(), now())
     ON CONFLICT (only_row) DO UPDATE SET
       looked_at = greatest(watch.looked_at, now()),
       since = CASE WHEN watch.looked_at < now() - $1 * interval '1 millisecond' THEN now() ELSE watch.since END
     RETURNING since::text`,
    [limits.heartbeatGapMs],
  );
  const since = rows[0]?.since;
  if (since === undefined) throw new Error('the look was not noted');
  return since;
}

/** The alerts of these silences are committed. */
export async function markRaised(
  database: Pick<Database, 'query'>,
  silences: readonly Silence[],
): Promise<void> {
  await database.query(`UPDATE source_heartbeats SET is_raised = true WHERE ${isOneOf}`, matching(silences));
}

/** That these silences are over is committed. */
export async function endSilences(
  database: Pick<Database, 'query'>,
  silences: readonly Silence[],
): Promise<void> {
  await database.query(
    `UPDATE source_heartbeats SET silent_since = NULL, is_raised = false WHERE ${isOneOf}`,
    matching(silences),
  );
}

const isOneOf =
  '(tenant, source, silent_since) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[]))';

function matching(silences: readonly Silence[]): readonly unknown[] {
  return [...columnsOf(silences), silences.map(({ since }) => since.toISOString())];
}

function columnsOf(keys: readonly SourceKey[]): [string[], string[]] {
  return [keys.map(({ tenant }) => tenant), keys.map(({ source }) => source)];
}
