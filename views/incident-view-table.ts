import type { Database } from '../store/database.ts';
import type { FoldedIncident } from './fold-incident.ts';
import { toIncidentView } from './incident-view.ts';
import { searchTextOf } from './search-text.ts';

const upsertStatement = `
INSERT INTO incident_views AS held (incident_id, tenant, workflow_id, version, state, severity, title, route, policy,
  opened_at, resolved_at, resolved_reason, positions, view, search)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (incident_id) DO UPDATE SET
  version = EXCLUDED.version, state = EXCLUDED.state, severity = EXCLUDED.severity, title = EXCLUDED.title,
  resolved_at = EXCLUDED.resolved_at, resolved_reason = EXCLUDED.resolved_reason,
  positions = EXCLUDED.positions, view = EXCLUDED.view, search = EXCLUDED.search
WHERE held.version < EXCLUDED.version`;

/** Keeps the newer of the row that is there and this one. */
export async function writeIncidentView(
  database: Pick<Database, 'query'>,
  folded: FoldedIncident,
): Promise<void> {
  const { incident } = folded;
  await database.query(upsertStatement, [
    incident.id,
    incident.tenant,
    incident.workflowId,
    incident.version,
    incident.status,
    incident.severity,
    incident.title,
    incident.route,
    incident.policy.name,
    incident.openedAt,
    incident.resolvedAt ?? null,
    incident.resolvedReason ?? null,
    JSON.stringify(incident.positions),
    JSON.stringify(toIncidentView(folded)),
    searchTextOf([incident.title, incident.id, incident.route, ...Object.values(incident.groupLabels)]),
  ]);
}
