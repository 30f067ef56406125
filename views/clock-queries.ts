import { limits } from '../domain/limits.ts';
import type { Database } from '../store/database.ts';
import { coveredByHuman } from './covered-by-human.ts';
import { hlcOf } from './hlc-of.ts';

/** What the holder of the `clock` lock looks at each second: states that no event will ever wake. */

type Reader = Pick<Database, 'query'>;

/** A firing alert for which no incident is open, though nobody asked for silence. */
export interface UnattendedAlert {
  readonly stream: string;
  /** Of the alert's last event that the view has seen. */
  readonly version: number;
  readonly tenant: string;
  readonly workflowId: string;
  /** Where in the log its episode began. */
  readonly firedLane: number;
  readonly firedPosition: number;
}

export interface LookOptions {
  readonly database: Reader;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What changed more recently than this is still on its ordinary way. */
  readonly olderThanMs: number;
  readonly limit: number;
}

/**
 * Oldest first; one entry per alert and incident it should be in. An alert whose beginning is still in another lane
 * is left to that lane.
 */
export async function findUnattended(options: LookOptions): Promise<UnattendedAlert[]> {
  const { database, now, olderThanMs, limit } = options;
  const rows = await database.query<UnattendedRow>(
    `SELECT asked.stream_id, asked.version, asked.tenant, asked.workflow_id, asked.fired_lane, asked.fired_position
     FROM (SELECT stream_id, version, tenant, fired_lane, fired_position, updated_hlc,
             unnest(workflow_ids) AS workflow_id
           FROM alert_views WHERE status = 'firing' AND updated_hlc <= $1 AND fired_lane IS NOT NULL) AS asked
     WHERE NOT EXISTS (SELECT FROM incident_views AS open
             WHERE open.workflow_id = asked.workflow_id AND open.state <> 'resolved')
       AND NOT EXISTS (${coveredByHuman('asked.workflow_id')})
     ORDER BY asked.updated_hlc, asked.stream_id, asked.workflow_id LIMIT $2`,
    [hlcOf(now - olderThanMs), bounded(limit)],
  );
  return rows.map(({ stream_id, version, tenant, workflow_id, fired_lane, fired_position }) => ({
    stream: stream_id,
    version,
    tenant,
    workflowId: workflow_id,
    firedLane: fired_lane,
    firedPosition: Number(fired_position),
  }));
}

interface UnattendedRow {
  readonly stream_id: string;
  readonly version: number;
  readonly tenant: string;
  readonly workflow_id: string;
  readonly fired_lane: number;
  readonly fired_position: string;
}

/** An incident that is not resolved. */
export interface OpenIncident {
  readonly incidentId: string;
  readonly workflowId: string;
  readonly tenant: string;
  /** That the view shows; the stream may be ahead. */
  readonly version: number;
}

/**
 * Unresolved incidents of which no alert fires any more, oldest first. One whose end is held knows that already: it is
 * asked to look again only where it should have resolved by then.
 */
export async function findAbandoned(options: LookOptions): Promise<OpenIncident[]> {
  const { database, now, olderThanMs, limit } = options;
  const rows = await database.query<OpenIncidentRow>(
    `SELECT incident_id, workflow_id, tenant, version FROM incident_views AS open
     WHERE state <> 'resolved' AND opened_at <= $1
       AND NOT EXISTS (SELECT FROM alert_views AS asked
             WHERE status = 'firing' AND workflow_ids @> ARRAY[open.workflow_id]
               AND NOT EXISTS (${coveredByHuman('open.workflow_id')}))
       AND ((view ->> 'resolvesAt') IS NULL OR (view ->> 'resolvesAt')::timestamptz <= $1)
     ORDER BY opened_at, incident_id LIMIT $2`,
    [new Date(now - olderThanMs).toISOString(), bounded(limit)],
  );
  return rows.map(toOpenIncident);
}

export interface ListOpenOptions {
  readonly database: Reader;
  /** The `incidentId` of the last one that was seen; absent for the first page. */
  readonly cursor?: string;
  readonly limit: number;
}

/** Every unresolved incident of every tenant, page by page; a short page is the last. */
export async function listOpenIncidents(options: ListOpenOptions): Promise<OpenIncident[]> {
  const { database, cursor, limit } = options;
  const rows = await database.query<OpenIncidentRow>(
    `SELECT incident_id, workflow_id, tenant, version FROM incident_views
     WHERE state <> 'resolved' AND ($1::uuid IS NULL OR incident_id > $1::uuid)
     ORDER BY incident_id LIMIT $2`,
    [cursor ?? null, bounded(limit)],
  );
  return rows.map(toOpenIncident);
}

interface OpenIncidentRow {
  readonly incident_id: string;
  readonly workflow_id: string;
  readonly tenant: string;
  readonly version: number;
}

function toOpenIncident({ incident_id, workflow_id, tenant, version }: OpenIncidentRow): OpenIncident {
  return { incidentId: incident_id, workflowId: workflow_id, tenant, version };
}

/** Where an episode began in the log, and which incident it would page. */
export interface EpisodeReference {
  readonly workflowId: string;
  readonly lane: number;
  readonly position: number;
}

/** One answer per reference, in order: whether a human resolved the incident with this episode already in it. */
export async function isCoveredByHumanResolve(
  database: Reader,
  references: readonly EpisodeReference[],
): Promise<boolean[]> {
  if (references.length === 0) return [];
  const asked = references.map(({ workflowId, lane, position }, index) => ({
    index,
    workflow_id: workflowId,
    fired_lane: lane,
    fired_position: position,
  }));
  const rows = await database.query<{ index: number }>(
    `SELECT asked.index FROM json_to_recordset($1::json)
       AS asked (index integer, workflow_id text, fired_lane smallint, fired_position bigint)
     WHERE EXISTS (${coveredByHuman('asked.workflow_id')})`,
    [JSON.stringify(asked)],
  );
  const covered = new Set(rows.map(({ index }) => index));
  return references.map((_, index) => covered.has(index));
}

/** Unresolved incidents by state, for the gauge. */
export async function countOpenIncidents(database: Reader): Promise<Map<string, number>> {
  const rows = await database.query<{ state: string; count: number }>(
    `SELECT state, count(*)::integer AS count FROM incident_views WHERE state <> 'resolved' GROUP BY state`,
  );
  return new Map(rows.map(({ state, count }) => [state, count]));
}

function bounded(limit: number): number {
  return Math.min(Math.max(1, Math.trunc(limit)), limits.maxReadEvents);
}
