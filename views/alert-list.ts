import type { Labels } from '../domain/alert/alert.ts';
import type { Severity } from '../domain/severity.ts';
import type { Quieting } from '../domain/suppression/quieting.ts';
import type { Database } from '../store/database.ts';
import type { QuietColumn } from './alert-view-row.ts';
import { conditionOf } from './list-filter.ts';
import { type Page, pageSizeOf, toPage } from './page.ts';

/** An alert as the API shows it: its newest episode. Instants are ISO 8601 in UTC. */
export interface AlertView {
  /** Of the alert's stream. */
  readonly id: string;
  readonly version: number;
  readonly tenant: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly severity: Severity;
  readonly title: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly endsAt?: string;
  readonly generatorUrl?: string;
  /** How often the episode was sent again unchanged; written at most once a minute. */
  readonly repeatCount: number;
  /** What keeps which of its incidents from counting it, while it fires. */
  readonly quiet: readonly (Quieting & { readonly route: string })[];
  /** A firing alert that is over unless its sender repeats it by then. */
  readonly expiresAt?: string;
  /** When its last event was recorded. */
  readonly updatedAt: string;
  /** The open incidents that it belongs to, while it fires. */
  readonly incidentIds: readonly string[];
}

/** The name of the cached view's shape: raise it with every change of `AlertView`. */
export const alertViewShape = 2;

export interface AlertListQuery {
  readonly tenant: string;
  readonly status?: 'firing' | 'resolved' | undefined;
  readonly severity?: Severity | undefined;
  /** Part of the title, source, fingerprint or a label's value; case does not matter. */
  readonly q?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

interface AlertRow {
  readonly stream_id: string;
  readonly version: number;
  readonly tenant: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly severity: Severity;
  readonly title: string;
  readonly labels: string;
  readonly annotations: string;
  readonly starts_at: Date;
  readonly ends_at: Date | null;
  readonly generator_url: string | null;
  readonly repeat_count: number | null;
  readonly quiet: string | null;
  readonly expires_at: Date | null;
  readonly updated_hlc: string;
  readonly incident_ids: readonly string[];
}

const order = {
  at: 'starts_at',
  id: 'stream_id',
  isId: (id: string) => /^alert-[0-9a-f]{32}$/.test(id),
};

/** Newest episodes first. Throws `invalid_request` for a cursor that is not ours. */
export async function listAlerts(
  database: Pick<Database, 'query'>,
  query: AlertListQuery,
): Promise<Page<AlertView>> {
  const { tenant, status, severity, q, cursor } = query;
  const size = pageSizeOf(query.limit);
  const { where, values } = conditionOf({ tenant, equals: { status, severity }, q, cursor, order });
  const rows = await database.query<AlertRow>(
    withIncidents(
      `SELECT * FROM alert_views WHERE ${where} ORDER BY starts_at DESC, stream_id LIMIT ${size + 1}`,
    ),
    values,
  );
  return toPage(rows.map(toAlertView), size, ({ startsAt, id }) => ({ at: startsAt, id }));
}

/** Open incidents are looked up once per group, not once per alert: a group may have a long past. */
function withIncidents(page: string): string {
  return `
WITH page AS MATERIALIZED (${page}),
open AS MATERIALIZED (
  SELECT workflow_id, incident_id::text FROM incident_views
  WHERE state <> 'resolved' AND workflow_id IN (SELECT unnest(workflow_ids) FROM page WHERE status = 'firing')
)
SELECT stream_id, version, tenant, source, fingerprint, status, severity, title, labels, annotations,
  starts_at, ends_at, generator_url, repeat_count, updated_hlc, quiet, expires_at,
  ARRAY(SELECT incident_id FROM open WHERE status = 'firing' AND workflow_id = ANY(workflow_ids)
        ORDER BY incident_id) AS incident_ids
FROM page ORDER BY starts_at DESC, stream_id`;
}

function quietOf({ routes }: QuietColumn): AlertView['quiet'] {
  return routes.flatMap(({ route, quiet }) => (quiet === undefined ? [] : [{ route, ...quiet }]));
}

function toAlertView(row: AlertRow): AlertView {
  const { version, tenant, source, fingerprint, status, severity, title } = row;
  return {
    id: row.stream_id,
    version,
    tenant,
    source,
    fingerprint,
    status,
    severity,
    title,
    // written by the folder from validated events
    labels: JSON.parse(row.labels) as Labels,
    annotations: JSON.parse(row.annotations) as Labels,
    startsAt: row.starts_at.toISOString(),
    ...(row.ends_at !== null && { endsAt: row.ends_at.toISOString() }),
    ...(row.generator_url !== null && { generatorUrl: row.generator_url }),
    repeatCount: row.repeat_count ?? 0,
    quiet: row.quiet === null ? [] : quietOf(JSON.parse(row.quiet) as QuietColumn),
    ...(row.expires_at !== null && { expiresAt: row.expires_at.toISOString() }),
    updatedAt: new Date(Number(BigInt(row.updated_hlc) >> 16n)).toISOString(),
    incidentIds: row.incident_ids,
  };
}
