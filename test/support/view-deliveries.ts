import type { Database } from '../../store/database.ts';
import type { EventLog } from '../../store/event-log.ts';
import { type DeliveryRow, rowsOf } from '../../views/delivery-view-table.ts';
import { type DeliveryChanges, foldDelivery } from '../../views/fold-deliveries.ts';
import { readIncident } from '../../views/fold-incident.ts';

interface Stored {
  readonly database: Pick<Database, 'query'>;
  readonly log: EventLog;
}

/** The rows that a rebuild from the log makes for an incident, as JSON has them. */
export async function rebuiltDeliveries({ database, log }: Stored, incidentId: string) {
  const changes: DeliveryChanges = new Map();
  const folded = await readIncident(log, incidentId, {
    onEvent: (version, event) => foldDelivery(changes, version, event),
  });
  if (folded === undefined) return [];
  const { tenant } = folded.incident;
  return rowsOf(database, [{ tenant, incidentId, changes }]);
}

/** The rows that there are, in the same form. */
export async function shownDeliveries({ database }: Pick<Stored, 'database'>, incidentId: string) {
  const rows = await database.query<DeliveryRow & { readonly state: string }>(
    'SELECT * FROM delivery_views WHERE incident_id = $1 ORDER BY key',
    [incidentId],
  );
  return rows.map(({ state: _, ...row }) => JSON.parse(JSON.stringify(row)) as DeliveryRow);
}
