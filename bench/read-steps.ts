import type { Database } from '../store/database.ts';

export interface BegunStep {
  readonly incidentId: string;
  readonly round: number;
  readonly step: number;
  readonly dueMs: number;
  /** Negative would be early. */
  readonly lateMs: number;
}

/** Steps that were due between two instants and that a timer began: those of the opening are not late but first. */
export async function readSteps(
  { database }: { readonly database: Pick<Database, 'query'> },
  fromMs: number,
  untilMs: number,
): Promise<BegunStep[]> {
  const rows = await database.query<{ stream_id: string; data: string }>(
    `SELECT stream_id, data FROM event_log WHERE type = 'StepStarted'
       AND data::json->>'reason' <> 'opened' AND (data::json->>'dueAt')::timestamptz BETWEEN to_timestamp($1) AND to_timestamp($2)`,
    [fromMs / 1_000, untilMs / 1_000],
  );
  return rows.map(({ stream_id, data }) => {
    const { round, step, at, dueAt } = JSON.parse(data) as {
      round: number;
      step: number;
      at: string;
      dueAt: string;
    };
    const dueMs = Date.parse(dueAt);
    const incidentId = stream_id.replace('incident-', '');
    return { incidentId, round, step, dueMs, lateMs: Date.parse(at) - dueMs };
  });
}
