import type { Database } from '../../store/database.ts';
import { numberOf } from './body-template.ts';

export interface Ledger {
  /** Acknowledged, and not in the log. */
  readonly lost: number;
  /** In the log more than once as the beginning of an episode. */
  readonly doubled: number;
  readonly stored: number;
}

const pageSize = 50_000;

/** Compares by identity, not by count: the log is read from end to end. */
export async function compareWithLog(
  database: Pick<Database, 'query'>,
  acknowledged: readonly number[],
  alertsPerBody: number,
): Promise<Ledger> {
  const seen = await readNumbers(database);
  let lost = 0;
  for (const body of acknowledged) {
    for (let at = 0; at < alertsPerBody; at += 1) if (!seen.has(body * alertsPerBody + at)) lost += 1;
  }
  const doubled = [...seen.values()].filter((count) => count > 1).length;
  return { lost, doubled, stored: seen.size };
}

async function readNumbers(database: Pick<Database, 'query'>): Promise<Map<number, number>> {
  const seen = new Map<number, number>();
  for (let after = { lane: 0, position: '-1' }; ; ) {
    const rows = await database.query<{ lane: number; position: string; fingerprint: string }>(
      `SELECT lane, position, data->'alert'->>'fingerprint' AS fingerprint FROM events
       WHERE (lane, position) > ($1, $2::bigint) AND type = 'AlertFired' ORDER BY lane, position LIMIT $3`,
      [after.lane, after.position, pageSize],
    );
    for (const { fingerprint } of rows) {
      const number = numberOf(fingerprint);
      if (number !== undefined) seen.set(number, (seen.get(number) ?? 0) + 1);
    }
    const last = rows.at(-1);
    if (last === undefined) return seen;
    after = last;
  }
}
