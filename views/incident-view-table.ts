import type { Incident } from '../domain/incident/incident.ts';
import type { Database } from '../store/database.ts';
import type { FoldedIncident } from './fold-incident.ts';
import { toIncidentView } from './incident-view.ts';
import { searchTextOf } from './search-text.ts';

const columnTypes = {
  incident_id: 'uuid',
  tenant: 'text',
  workflow_id: 'text',
  version: 'integer',
  state: 'text',
  severity: 'text',
  title: 'text',
  route: 'text',
  policy: 'text',
  opened_at: 'timestamptz',
  resolved_at: 'timestamptz',
  resolved_reason: 'text',
  return_at: 'timestamptz',
  positions: 'json',
  view: 'json',
  search: 'text',
} as const;

const columns = Object.keys(columnTypes).join(', ');

const upsertStatement = `
INSERT INTO incident_views AS held (${columns})
SELECT ${columns} FROM json_to_recordset($1::json) AS rows (${Object.entries(columnTypes)
  .map(([column, type]) => `${column} ${type}`)
  .join(', ')})
ON CONFLICT (incident_id) DO UPDATE SET
  version = EXCLUDED.version, state = EXCLUDED.state, severity = EXCLUDED.severity, title = EXCLUDED.title,
  resolved_at = EXCLUDED.resolved_at, resolved_reason = EXCLUDED.resolved_reason,
  return_at = EXCLUDED.return_at,
  positions = EXCLUDED.positions, view = EXCLUDED.view, search = EXCLUDED.search
WHERE held.version < EXCLUDED.version`;

/** Keeps the newer of the row that is there and this one. */
export function writeIncidentView(database: Pick<Database, 'query'>, folded: FoldedIncident): Promise<void> {
  return writeIncidentViews(database, [folded]);
}

/** The same for many, each at most once, in one statement; rows are locked in the order of their ids. */
export async function writeIncidentViews(
  database: Pick<Database, 'query'>,
  folded: readonly FoldedIncident[],
): Promise<void> {
  const rows = folded.map(rowOf).sort((a, b) => (a.incident_id < b.incident_id ? -1 : 1));
  await database.query(upsertStatement, [JSON.stringify(rows)]);
}

function rowOf(folded: FoldedIncident): Record<keyof typeof columnTypes, unknown> & { incident_id: string } {
  const { incident } = folded;
  const searched = [incident.title, incident.id, incident.route, ...Object.values(incident.groupLabels)];
  return {
    incident_id: incident.id,
    tenant: incident.tenant,
    workflow_id: incident.workflowId,
    version: incident.version,
    state: incident.status,
    severity: incident.severity,
    title: incident.title,
    route: incident.route,
    policy: incident.policy.name,
    opened_at: incident.openedAt,
    resolved_at: incident.resolvedAt ?? null,
    resolved_reason: incident.resolvedReason ?? null,
    return_at: returnAtOf(incident),
    positions: incident.positions,
    view: toIncidentView(folded),
    search: searchTextOf(searched),
  };
}

/** When alerts that still fire behind the closed incident are to be looked at; never for most. */
function returnAtOf({ resolvedAt, resolvedReason, policy }: Incident): string | null {
  if (resolvedAt === undefined) return null;
  if (resolvedReason === 'unheard') return resolvedAt;
  if (resolvedReason !== 'by_human' || policy.reopenAfterMs === undefined) return null;
  return new Date(Date.parse(resolvedAt) + policy.reopenAfterMs).toISOString();
}
