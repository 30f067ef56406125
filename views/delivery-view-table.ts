import { limits } from '../domain/limits.ts';
import type { Database } from '../store/database.ts';
import { type Discard, readDiscards } from './delivery-discards.ts';
import type { DeliveryChange, DeliveryChanges } from './fold-deliveries.ts';

const columnTypes = {
  key: 'text',
  incident_id: 'uuid',
  tenant: 'text',
  kind: 'text',
  target: 'text',
  channel: 'text',
  provider: 'text',
  round: 'integer',
  step: 'integer',
  requested_at: 'timestamptz',
  version: 'integer',
  stage: 'text',
  reason: 'text',
  outcome: 'text',
  attempts: 'integer',
  provider_id: 'text',
  updated_at: 'timestamptz',
  dead_since: 'timestamptz',
  discarded_at: 'timestamptz',
  discarded_by: 'text',
  discarded_reason: 'text',
} as const;

export type DeliveryRow = Readonly<Record<keyof typeof columnTypes, string | number | null>>;

const columns = Object.keys(columnTypes).join(', ');

/** What is null in `given` was not told and stays; a notification is a dead letter since its first end as one. */
const changedColumns = (given: string) => `
  version = ${given}.version, stage = ${given}.stage, reason = ${given}.reason, outcome = ${given}.outcome,
  attempts = COALESCE(${given}.attempts, held.attempts),
  provider_id = COALESCE(${given}.provider_id, held.provider_id), updated_at = ${given}.updated_at,
  dead_since = CASE WHEN ${given}.stage IN ('dead', 'pending') THEN COALESCE(held.dead_since, ${given}.dead_since) END`;

/** A row is whole where the request is among its events; elsewhere it changes the one that is there. */
const writeStatement = `
WITH given AS MATERIALIZED (
  SELECT ${columns} FROM json_to_recordset($1::json) AS rows (${Object.entries(columnTypes)
    .map(([column, type]) => `${column} ${type}`)
    .join(', ')})
), changed AS (
  UPDATE delivery_views AS held SET ${changedColumns('given')}
  FROM given WHERE held.key = given.key AND given.requested_at IS NULL AND held.version < given.version
)
INSERT INTO delivery_views AS held (${columns})
SELECT ${columns} FROM given WHERE requested_at IS NOT NULL
ON CONFLICT (key) DO UPDATE SET ${changedColumns('EXCLUDED')},
  discarded_at = COALESCE(held.discarded_at, EXCLUDED.discarded_at),
  discarded_by = COALESCE(held.discarded_by, EXCLUDED.discarded_by),
  discarded_reason = COALESCE(held.discarded_reason, EXCLUDED.discarded_reason)
WHERE held.version < EXCLUDED.version OR (held.discarded_at IS NULL AND EXCLUDED.discarded_at IS NOT NULL)`;

export interface IncidentDeliveries {
  readonly tenant: string;
  readonly incidentId: string;
  readonly changes: DeliveryChanges;
}

/** Keeps the newer of each row that is there and this one; so a change may be written any number of times. */
export async function writeDeliveryViews(
  database: Pick<Database, 'query'>,
  deliveries: readonly IncidentDeliveries[],
): Promise<void> {
  const rows = await rowsOf(database, deliveries);
  for (let start = 0; start < rows.length; start += limits.maxViewBatch) {
    await database.query(writeStatement, [JSON.stringify(rows.slice(start, start + limits.maxViewBatch))]);
  }
}

/** In the order of their keys, in which they are locked. What is read from its beginning learns who discarded it. */
export async function rowsOf(
  database: Pick<Database, 'query'>,
  deliveries: readonly IncidentDeliveries[],
): Promise<DeliveryRow[]> {
  const letters = deliveries.flatMap(({ changes }) =>
    [...changes.values()].filter(({ wasDead, requested }) => wasDead && requested !== undefined),
  );
  const discards = await readDiscards(
    database,
    letters.map(({ key }) => key),
  );
  return deliveries
    .flatMap(({ tenant, incidentId, changes }) =>
      [...changes.values()].map((change) => rowOf(tenant, incidentId, change, discards.get(change.key))),
    )
    .sort((a, b) => (String(a.key) < String(b.key) ? -1 : 1));
}

function rowOf(
  tenant: string,
  incidentId: string,
  change: DeliveryChange,
  discard: Discard | undefined,
): DeliveryRow {
  const { requested } = change;
  return {
    key: change.key,
    incident_id: incidentId,
    tenant,
    kind: requested?.kind ?? null,
    target: requested?.target.name ?? null,
    channel: requested?.target.channel ?? null,
    provider: requested?.target.provider ?? null,
    round: requested?.round ?? null,
    step: requested?.step ?? null,
    requested_at: requested?.at ?? null,
    version: change.version,
    stage: change.stage,
    reason: change.reason ?? null,
    outcome: change.outcome ?? null,
    attempts: change.attempts ?? null,
    provider_id: change.providerId ?? null,
    updated_at: change.updatedAt,
    dead_since: change.deadSince ?? null,
    discarded_at: discard?.at ?? null,
    discarded_by: discard?.by ?? null,
    discarded_reason: discard?.reason ?? null,
  };
}

const discardStatement = `
UPDATE delivery_views SET discarded_at = $2, discarded_by = $3, discarded_reason = $4
WHERE key = $1 AND discarded_at IS NULL`;

/** The first one stands. */
export async function writeDiscard(
  database: Pick<Database, 'query'>,
  key: string,
  { at, by, reason }: Discard,
): Promise<void> {
  await database.query(discardStatement, [key, at, by, reason]);
}

/** Of these, those that were discarded. A server may have died between that and its view: then the view learns it here. */
export async function settleDiscards(
  database: Pick<Database, 'query'>,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const discards = await readDiscards(database, keys);
  for (const [key, discard] of discards) await writeDiscard(database, key, discard);
  return new Set(discards.keys());
}
