import { limits } from '../domain/limits.ts';
import type { Database } from '../store/database.ts';
import {
  type DeliveryState,
  type DeliveryView,
  type DeliveryViewRow,
  deliveryColumns,
  toDeliveryView,
} from './delivery-view.ts';
import { conditionOf } from './list-filter.ts';
import { type Page, pageSizeOf, toPage } from './page.ts';

type Reader = Pick<Database, 'query'>;

export interface DeliveryListQuery {
  readonly tenant: string;
  readonly state?: DeliveryState;
  /** A UUID. */
  readonly incident?: string;
  readonly channel?: string;
  readonly cursor?: string;
  readonly limit: number;
}

const order = { at: 'requested_at', id: 'key', isId: isDeliveryKey };

/** Newest first; pages stay put while new ones come. Throws `invalid_request` for a cursor that is not ours. */
export async function listDeliveries(
  database: Reader,
  query: DeliveryListQuery,
): Promise<Page<DeliveryView>> {
  const { tenant, state, incident, channel, cursor } = query;
  const size = pageSizeOf(query.limit);
  const equals = { state, incident_id: incident, channel };
  const { where, values } = conditionOf({ tenant, equals, q: undefined, cursor, order });
  const rows = await database.query<DeliveryViewRow>(
    `SELECT ${deliveryColumns} FROM delivery_views WHERE ${where} ORDER BY requested_at DESC, key LIMIT ${size + 1}`,
    values,
  );
  return toPage(rows.map(toDeliveryView), size, ({ requestedAt, key }) => ({ at: requestedAt, id: key }));
}

/** Undefined for another tenant's too. */
export async function findDelivery(
  database: Reader,
  { tenant, key }: { readonly tenant: string; readonly key: string },
): Promise<DeliveryView | undefined> {
  const rows = await database.query<DeliveryViewRow>(
    `SELECT ${deliveryColumns} FROM delivery_views WHERE tenant = $1 AND key = $2`,
    [tenant, key],
  );
  return rows.map(toDeliveryView)[0];
}

/** Which dead letters; at least one of `keys`, `incident` and `channel` is there. */
export interface DeadLetterSelection {
  readonly tenant: string;
  readonly keys?: readonly string[];
  readonly incident?: string;
  readonly channel?: string;
  /** Only those whose key comes after this one. */
  readonly after?: string;
}

export interface DeadLetterName {
  readonly key: string;
  readonly incidentId: string;
}

/**
 * In the order of their keys, at most `limits.maxRedelivered`; without the pages of incidents that are answered, which
 * nobody needs.
 */
export async function selectDeadLetters(
  database: Reader,
  { tenant, keys, incident, channel, after = '' }: DeadLetterSelection,
): Promise<DeadLetterName[]> {
  const rows = await database.query<{ key: string; incident_id: string }>(
    `SELECT key, incident_id FROM delivery_views
     WHERE tenant = $1 AND state = 'dead' AND key > $2 AND ($3::text[] IS NULL OR key = ANY($3))
       AND ($4::uuid IS NULL OR incident_id = $4) AND ($5::text IS NULL OR channel = $5)
       AND (kind <> 'page' OR EXISTS (SELECT FROM incident_views AS asked
         WHERE asked.incident_id = delivery_views.incident_id AND asked.state = 'open'))
     ORDER BY key LIMIT ${limits.maxRedelivered}`,
    [tenant, after, keys ?? null, incident ?? null, channel ?? null],
  );
  return rows.map(({ key, incident_id }) => ({ key, incidentId: incident_id }));
}

/** A notification's key is a SHA-256 in hexadecimal digits. */
export function isDeliveryKey(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
