import type { Database } from './database.ts';

type Reader = Pick<Database, 'query'>;

/**
 * Takes the next turn of a name: 0 first, then one more each time. What is taken is taken, so an answer that is lost
 * costs a turn, and nobody has one twice. Throws `store_unavailable`.
 */
export async function takeTurn(database: Reader, name: string): Promise<number> {
  const rows = await database.query<{ turn: string }>(
    `INSERT INTO round_robin AS known (name, counter) VALUES ($1, 1)
     ON CONFLICT (name) DO UPDATE SET counter = known.counter + 1 RETURNING counter - 1 AS turn`,
    [name],
  );
  return Number(rows[0]?.turn ?? 0);
}

/** The turn that each of these names would take next. Throws `store_unavailable`. */
export async function readTurns(
  database: Reader,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<{ name: string; counter: string }>(
    'SELECT name, counter FROM round_robin WHERE name = ANY ($1::text[])',
    [names],
  );
  return new Map(rows.map(({ name, counter }) => [name, Number(counter)]));
}
