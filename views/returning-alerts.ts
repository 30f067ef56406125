import type { AlertIdentity } from '../domain/ids.ts';
import type { Database } from '../store/database.ts';

/** An alert that still fires although its incident was closed, when its time has come. */
export interface ReturningAlert {
  readonly identity: AlertIdentity;
  /** The one that was closed. */
  readonly incidentId: string;
  readonly workflowId: string;
  /** A human closed it, and `reopen_after` has passed; or it was closed because nothing was heard of its alerts. */
  readonly reason: 'by_human' | 'unheard';
}

export interface ReturningOptions {
  readonly database: Pick<Database, 'query'>;
  /** Incidents whose time came after the one and not after the other, epoch milliseconds. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly limit: number;
}

/** The longest due first. An episode that a later closed incident covers as well waits for that one's time. */
export async function findReturning(options: ReturningOptions): Promise<readonly ReturningAlert[]> {
  const { database, fromMs, untilMs, limit } = options;
  const rows = await database.query<ReturningRow>(
    `SELECT alert.tenant, alert.source, alert.fingerprint, over.incident_id, over.workflow_id,
       over.resolved_reason
     FROM incident_views AS over
     JOIN alert_views AS alert
       ON alert.status = 'firing' AND alert.workflow_ids @> ARRAY[over.workflow_id]
       AND (over.positions ->> alert.fired_lane::text)::bigint >= alert.fired_position
     WHERE over.return_at > $1 AND over.return_at <= $2
       AND NOT EXISTS (SELECT FROM incident_views AS later
         WHERE later.workflow_id = over.workflow_id AND later.resolved_at > over.resolved_at
           AND later.resolved_reason IN ('by_human', 'unheard')
           AND (later.positions ->> alert.fired_lane::text)::bigint >= alert.fired_position)
     ORDER BY over.return_at, alert.stream_id LIMIT $3`,
    [new Date(fromMs).toISOString(), new Date(untilMs).toISOString(), limit],
  );
  return rows.map(({ tenant, source, fingerprint, incident_id, workflow_id, resolved_reason }) => ({
    identity: { tenant, source, fingerprint },
    incidentId: incident_id,
    workflowId: workflow_id,
    reason: resolved_reason,
  }));
}

interface ReturningRow {
  readonly tenant: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly incident_id: string;
  readonly workflow_id: string;
  readonly resolved_reason: 'by_human' | 'unheard';
}
