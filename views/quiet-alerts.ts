import type { Labels } from '../domain/alert/alert.ts';
import type { FiringAlert, FiringPage } from '../domain/alert/firing-alert.ts';
import type { AlertIdentity } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { Severity } from '../domain/severity.ts';
import type { Database } from '../store/database.ts';
import type { QuietColumn } from './alert-view-row.ts';
import { hlcOf } from './hlc-of.ts';

type Reader = Pick<Database, 'query'>;

export interface FiringPageOptions {
  readonly database: Reader;
  /** Of the page before. */
  readonly after: string | undefined;
  readonly limit: number;
}

const columns = 'stream_id, tenant, source, fingerprint, severity, labels, starts_at, workflow_ids, quiet';

interface FiringRow {
  readonly stream_id: string;
  readonly tenant: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly severity: Severity;
  readonly labels: string;
  readonly starts_at: Date;
  readonly workflow_ids: readonly string[];
  readonly quiet: string | null;
}

/** All firing alerts that are quiet in some incident, in the order of their streams. */
export async function listQuiet({ database, after, limit }: FiringPageOptions): Promise<FiringPage> {
  const size = Math.min(limit, limits.maxReadEvents);
  const rows = await database.query<FiringRow>(
    `SELECT ${columns} FROM alert_views
     WHERE status = 'firing' AND quiet IS NOT NULL AND stream_id > $1 COLLATE "C" ORDER BY stream_id LIMIT $2`,
    [after ?? '', size],
  );
  return { alerts: rows.map(toFiring), next: rows.length < size ? undefined : rows.at(-1)?.stream_id };
}

/**
 * All firing alerts that some incident counts, the longest unchanged first. What changed after the first page was asked
 * for has just been judged: it is left out, so that a storm of new alerts keeps no round from ending.
 */
export async function listCounted({ database, after, limit }: FiringPageOptions): Promise<FiringPage> {
  const size = Math.min(limit, limits.maxReadEvents);
  const [hlc = '-1', stream = '', until = await newestChange(database)] = after?.split(' ') ?? [];
  const rows = await database.query<FiringRow & { readonly updated_hlc: string }>(
    `SELECT ${columns}, updated_hlc FROM alert_views
     WHERE status = 'firing' AND workflow_ids <> '{}' AND updated_hlc <= $3
       AND (updated_hlc, stream_id) > ($1, $2 COLLATE "C")
     ORDER BY updated_hlc, stream_id LIMIT $4`,
    [hlc, stream, until, size],
  );
  const last = rows.length < size ? undefined : rows.at(-1);
  return { alerts: rows.map(toFiring), next: last && `${last.updated_hlc} ${last.stream_id} ${until}` };
}

async function newestChange(database: Reader): Promise<string> {
  const rows = await database.query<{ updated_hlc: string }>(
    `SELECT updated_hlc FROM alert_views WHERE status = 'firing' ORDER BY updated_hlc DESC LIMIT 1`,
  );
  return rows[0]?.updated_hlc ?? '-1';
}

/** Quiet alerts of which something that quiets them has come to its end, critical ones and the longest overdue first. */
export async function findDue(options: {
  readonly database: Reader;
  readonly nowMs: number;
  readonly limit: number;
}): Promise<readonly FiringAlert[]> {
  const { database, nowMs, limit } = options;
  const rows = await database.query<FiringRow>(
    `SELECT ${columns} FROM alert_views
     WHERE status = 'firing' AND quiet_until IS NOT NULL AND quiet_until <= $1
     ORDER BY severity <> 'critical', quiet_until LIMIT $2`,
    [new Date(nowMs).toISOString(), limit],
  );
  return rows.map(toFiring);
}

/**
 * Firing alerts that their senders have not repeated in time, the longest overdue first; only those of which something
 * was recorded since `heardSinceMs`.
 */
export async function findExpired(options: {
  readonly database: Reader;
  readonly nowMs: number;
  readonly heardSinceMs: number;
  readonly limit: number;
}): Promise<readonly AlertIdentity[]> {
  const { database, nowMs, heardSinceMs, limit } = options;
  return await database.query<AlertIdentity & Record<string, unknown>>(
    `SELECT tenant, source, fingerprint FROM alert_views
     WHERE status = 'firing' AND expires_at IS NOT NULL AND expires_at <= $1 AND updated_hlc >= $2
     ORDER BY expires_at LIMIT $3`,
    [new Date(nowMs).toISOString(), hlcOf(heardSinceMs), limit],
  );
}

/** The streams and versions of all alerts that inhibit others now. */
export async function listInhibiting(database: Reader): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<{ stream_id: string; version: number }>(
    'SELECT stream_id, version FROM alert_views WHERE inhibits ORDER BY updated_hlc LIMIT $1',
    [limits.maxInhibitors],
  );
  return new Map(rows.map(({ stream_id, version }) => [stream_id, version]));
}

/** Tells whether `listInhibiting` would answer otherwise than before, without reading it all. */
export async function readInhibitingMark(database: Reader): Promise<string> {
  const rows = await database.query<{ mark: string }>(
    `SELECT count(*) || ' ' || coalesce(bit_xor(hashtextextended(stream_id, version)), 0) AS mark
     FROM alert_views WHERE inhibits`,
  );
  return rows[0]?.mark ?? '';
}

export async function readFiring(
  database: Reader,
  streams: readonly string[],
): Promise<readonly FiringAlert[]> {
  if (streams.length === 0) return [];
  const rows = await database.query<FiringRow>(
    `SELECT ${columns} FROM alert_views WHERE status = 'firing' AND stream_id = ANY($1)`,
    [streams],
  );
  return rows.map(toFiring);
}

function toFiring(row: FiringRow): FiringAlert {
  const { tenant, source, fingerprint, severity } = row;
  const column = row.quiet === null ? undefined : (JSON.parse(row.quiet) as QuietColumn);
  return {
    stream: row.stream_id,
    alert: {
      tenant,
      source,
      fingerprint,
      severity,
      status: 'firing',
      labels: JSON.parse(row.labels) as Labels,
      annotations: {},
      startsAt: row.starts_at.toISOString(),
    },
    countedBy: row.workflow_ids.map(routeOf),
    quiet: column?.routes ?? [],
    flap: column?.flap,
  };
}

/** `incident/<tenant>/<route>/<hash>`: names have no slash. */
function routeOf(workflowId: string): string {
  return workflowId.split('/')[2] ?? '';
}
