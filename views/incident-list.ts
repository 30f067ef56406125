import type { IncidentStatus } from '../domain/policy/notification.ts';
import type { Severity } from '../domain/severity.ts';
import type { Database } from '../store/database.ts';
import { isIncidentId } from './incident-id.ts';
import type { IncidentView } from './incident-view.ts';
import { conditionOf } from './list-filter.ts';
import { type Page, pageSizeOf, toPage } from './page.ts';

export interface IncidentListQuery {
  readonly tenant: string;
  readonly state?: IncidentStatus | undefined;
  readonly severity?: Severity | undefined;
  /** Part of the title, id, route or a group label's value; case does not matter. */
  readonly q?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

const order = { at: 'opened_at', id: 'incident_id', isId: isIncidentId };

/** Newest first; pages stay put while new incidents open. Throws `invalid_request` for a cursor that is not ours. */
export async function listIncidents(
  database: Pick<Database, 'query'>,
  query: IncidentListQuery,
): Promise<Page<IncidentView>> {
  const { tenant, state, severity, q, cursor } = query;
  const size = pageSizeOf(query.limit);
  const { where, values } = conditionOf({ tenant, equals: { state, severity }, q, cursor, order });
  const rows = await database.query<{ view: string }>(
    `SELECT view FROM incident_views WHERE ${where} ORDER BY opened_at DESC, incident_id LIMIT ${size + 1}`,
    values,
  );
  // written by the projector from its own type
  const views = rows.map(({ view }) => JSON.parse(view) as IncidentView);
  return toPage(views, size, ({ openedAt, id }) => ({ at: openedAt, id }));
}
