import { isDeepStrictEqual } from 'node:util';
import { openDatabase } from '../../store/database.ts';
import { createEventLog } from '../../store/event-log.ts';
import { readIncident } from '../../views/fold-incident.ts';
import { toIncidentView } from '../../views/incident-view.ts';
import { quietLogger } from './quiet-logger.ts';
import { readIncidentViews, readRows } from './recorded-log.ts';
import { rebuiltDeliveries, shownDeliveries } from './view-deliveries.ts';

/** I7: every incident has its view, and each is what a rebuild from the log makes. */
export async function viewsThatDiffer(url: string): Promise<string[]> {
  const database = openDatabase({ url, logger: quietLogger(), applicationName: 'ledger' });
  try {
    const log = createEventLog(database);
    const views = new Map((await readIncidentViews(url)).map((shown) => [shown.id, shown]));
    const faults: string[] = [];
    for (const { id } of await readRows<{ id: string }>(url, incidentStreams)) {
      const folded = await readIncident(log, id);
      const rebuilt: unknown =
        folded === undefined ? undefined : JSON.parse(JSON.stringify(toIncidentView(folded)));
      const shown = views.get(id);
      if (!isDeepStrictEqual(shown?.view, rebuilt))
        faults.push(
          `I7: the view of ${id} at ${shown?.version} is not the rebuilt one at ${folded?.incident.version}`,
        );
      const deliveries = await rebuiltDeliveries({ database, log }, id);
      if (!isDeepStrictEqual(await shownDeliveries({ database }, id), deliveries))
        faults.push(`I7: the deliveries of ${id} are not the rebuilt ones`);
    }
    return faults;
  } finally {
    await database.close();
  }
}

const incidentStreams = `SELECT substr(stream_id, 10) AS id FROM events WHERE type = 'IncidentOpened'`;
