import type { Database } from './database.ts';

export interface CheckpointKey {
  readonly consumer: string;
  readonly lane: number;
}

/** The last position that `consumer` is done with in a lane; -1 when it has not begun. */
export async function readCheckpoint(
  database: Pick<Database, 'query'>,
  { consumer, lane }: CheckpointKey,
): Promise<number> {
  const rows = await database.query<{ position: string }>(
    'SELECT position FROM checkpoints WHERE consumer = $1 AND lane = $2',
    [consumer, lane],
  );
  return Number(rows[0]?.position ?? -1);
}

/** Never moves a checkpoint backwards: a process that lost its lane may still be writing. */
export async function writeCheckpoint(
  database: Pick<Database, 'query'>,
  { consumer, lane, position }: CheckpointKey & { readonly position: number },
): Promise<void> {
  await database.query(
    `INSERT INTO checkpoints AS held (consumer, lane, position) VALUES ($1, $2, $3)
     ON CONFLICT (consumer, lane) DO UPDATE SET position = EXCLUDED.position, written_at = now()
     WHERE held.position < EXCLUDED.position`,
    [consumer, lane, position],
  );
}

/** Forgets a consumer, in all lanes: it begins anew the next time. */
export async function removeCheckpoints(database: Pick<Database, 'query'>, consumer: string): Promise<void> {
  await database.query('DELETE FROM checkpoints WHERE consumer = $1', [consumer]);
}
