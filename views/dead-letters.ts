import type { Database } from '../store/database.ts';

type Reader = Pick<Database, 'query'>;

/** A page that was given up although its provider did not refuse it, of an incident that nobody has answered yet. */
export interface WaitingDeadLetter {
  readonly key: string;
  readonly incidentId: string;
  readonly channel: string;
  /** Epoch milliseconds: when it became a dead letter first, and when last. */
  readonly deadSinceMs: number;
  readonly triedMs: number;
  /** When something was last delivered to its channel; 0 when nothing ever was. */
  readonly channelDeliveredMs: number;
}

export interface WaitingOptions {
  readonly database: Reader;
  /** Channels whose pages are not sent again where nobody knows whether they arrived. */
  readonly holding: readonly string[];
  /** Epoch milliseconds: what was dead before is of interest only when its channel took something since. */
  readonly sinceMs: number;
  readonly perChannel: number;
  readonly limit: number;
}

interface WaitingRow {
  readonly key: string;
  readonly incident_id: string;
  readonly channel: string;
  readonly dead_since: Date;
  readonly updated_at: Date;
  readonly delivered_at: Date | null;
}

/**
 * The newest first, of every channel some: a channel with thousands of them keeps no other from its turn. What a
 * provider refused is not among them, nor what may have arrived where its channel holds such pages.
 */
const waitingStatement = `
WITH dead AS MATERIALIZED (
  SELECT letter.key, letter.incident_id, letter.channel, letter.dead_since, letter.updated_at
  FROM delivery_views AS letter JOIN incident_views AS asked USING (incident_id)
  WHERE letter.state = 'dead' AND letter.kind = 'page' AND asked.state = 'open'
    AND letter.outcome IS DISTINCT FROM 'rejected'
    AND (letter.outcome IS DISTINCT FROM 'unknown' OR letter.channel <> ALL($1::text[]))
), channels AS MATERIALIZED (
  SELECT channel, (SELECT max(other.updated_at) FROM delivery_views AS other
    WHERE other.channel = named.channel AND other.state = 'delivered') AS delivered_at
  FROM (SELECT DISTINCT channel FROM dead) AS named
)
SELECT key, incident_id, channel, dead_since, updated_at, delivered_at FROM (
  SELECT dead.*, delivered_at, row_number() OVER (PARTITION BY channel ORDER BY updated_at DESC, key) AS turn
  FROM dead JOIN channels USING (channel)
  WHERE dead_since >= $2 OR delivered_at > updated_at
) AS letter
WHERE turn <= $3 ORDER BY updated_at DESC, key LIMIT $4`;

/** What may be sent again without being asked for. */
export async function findWaitingDeadLetters(options: WaitingOptions): Promise<WaitingDeadLetter[]> {
  const { database, holding, sinceMs, perChannel, limit } = options;
  const since = new Date(sinceMs).toISOString();
  const rows = await database.query<WaitingRow>(waitingStatement, [holding, since, perChannel, limit]);
  return rows.map(({ key, incident_id, channel, dead_since, updated_at, delivered_at }) => ({
    key,
    incidentId: incident_id,
    channel,
    deadSinceMs: dead_since.getTime(),
    triedMs: updated_at.getTime(),
    channelDeliveredMs: delivered_at?.getTime() ?? 0,
  }));
}

/** Dead letters that nobody has discarded, by provider, for the gauge. */
export async function countDeadLetters(database: Reader): Promise<Map<string, number>> {
  const rows = await database.query<{ provider: string; count: number }>(
    `SELECT provider, count(*)::integer AS count FROM delivery_views WHERE state = 'dead' GROUP BY provider`,
  );
  return new Map(rows.map(({ provider, count }) => [provider, count]));
}
