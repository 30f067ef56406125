import type { RecordedEvent } from '../domain/events/envelope.ts';
import type { Database } from '../store/database.ts';
import { foldAlerts } from './alert-view-row.ts';
import { mergeAlertViews } from './alert-view-table.ts';

export interface TakeInParkedAlertsDeps {
  readonly database: Pick<Database, 'query'>;
  readonly onAlertsFolded?: (tenants: readonly string[]) => void | Promise<void>;
}

/**
 * Folds alert events that were parked. Each group of columns is guarded by the version it came from, so it does not
 * matter that later events of the alert were folded meanwhile.
 */
export function createTakeInParkedAlerts({ database, onAlertsFolded }: TakeInParkedAlertsDeps) {
  return async (events: readonly RecordedEvent[]): Promise<void> => {
    const rows = foldAlerts(events).map(({ row }) => row);
    if (rows.length === 0) return;
    await mergeAlertViews(database, rows);
    await onAlertsFolded?.([...new Set(rows.map(({ tenant }) => tenant))]);
  };
}
