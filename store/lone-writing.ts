import { setTimeout as delay } from 'node:timers/promises';
import { limits } from '../domain/limits.ts';
import type { Database, Query } from './database.ts';
import type { LaneIdentity } from './lane-claim.ts';
import { laneRanges } from './lanes.ts';
import { lockKeys } from './lock-keys.ts';

/*
 * A server that knows that it is the only one may decide from memory. The row `lone_writing` says whether one does:
 *
 *     clear --claim--> generation n --release--> clear
 *                           |
 *                           +--end, by whoever takes a lane--> generation n + 1 --1.5 s--> clear
 *
 * Invariant: while a process trusts its memory, nobody else has written an alert's stream since it claimed.
 *
 * - A claim counts only if no other ingest lane is held after it. So whoever writes later takes its lane, or takes it
 *   again after its connection broke, after the claim; it then finds the row not clear, raises the generation, and
 *   writes nothing for `limits.loneWriterGraceMs`.
 * - Memory is trusted only while the last look at the row that still found our generation began less than
 *   `limits.loneWriterTrustMs` ago, which is shorter. So trust has ended before the other one writes.
 *
 * This matters for decisions that write nothing, such as "a repeat": those that do write are refused by
 * UNIQUE (stream_id, version) when they were made on too old a state.
 */

/** Names one time of writing alone; a bigint as PostgreSQL prints it. */
export type Generation = string;

/** Whoever takes an ingest lane, and before it writes, ends another process's writing alone and waits for its trust to end. */
export async function endLoneWriting(query: Query, own: Generation | undefined): Promise<void> {
  const [ended] = await query<{ generation: Generation }>(
    `UPDATE lone_writing SET generation = generation + 1
     WHERE NOT is_clear AND generation IS DISTINCT FROM $1::bigint RETURNING generation`,
    [own ?? null],
  );
  if (ended === undefined) return;
  await delay(limits.loneWriterGraceMs);
  // Somebody who came later and waits too has raised it again, and clears it when its own wait is over.
  await clear(query, ended.generation);
}

/** Undefined while anybody else holds an ingest lane. `ownLanes` are what this process took. */
export async function claimLoneWriting(
  query: Query,
  ownLanes: readonly LaneIdentity[],
): Promise<Generation | undefined> {
  if (await isAnotherLaneHeld(query, ownLanes)) return undefined;
  // What a process left that died, or waits to take its lane again.
  await endLoneWriting(query, undefined);
  const [claimed] = await query<{ generation: Generation }>(
    `UPDATE lone_writing SET generation = generation + 1, is_clear = false WHERE is_clear RETURNING generation`,
  );
  if (claimed === undefined) return undefined;
  if (!(await isAnotherLaneHeld(query, ownLanes))) return claimed.generation;
  await clear(query, claimed.generation);
  return undefined;
}

export async function isStillLone(database: Pick<Database, 'query'>, own: Generation): Promise<boolean> {
  const [row] = await database.query<{ generation: Generation }>('SELECT generation FROM lone_writing');
  return row?.generation === own;
}

/** Only after memory is trusted no more. */
export function releaseLoneWriting(query: Query, own: Generation): Promise<void> {
  return clear(query, own);
}

async function clear(query: Query, generation: Generation): Promise<void> {
  await query('UPDATE lone_writing SET is_clear = true WHERE generation = $1', [generation]);
}

/** A lane with another epoch than ours was taken from us. */
async function isAnotherLaneHeld(query: Query, ownLanes: readonly LaneIdentity[]): Promise<boolean> {
  const { first, last } = laneRanges.ingest;
  const own = ownLanes.map(({ lane, epoch }) => `${lane} ${epoch}`);
  const [row] = await query<{ held: boolean }>(
    `SELECT EXISTS (
       SELECT FROM pg_locks LEFT JOIN lanes ON lanes.lane = objid::bigint
       WHERE locktype = 'advisory' AND granted AND objsubid = 2
         AND classid = $1::bigint::oid AND objid::bigint BETWEEN $2 AND $3
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND NOT coalesce(lanes.lane || ' ' || lanes.epoch, '') = ANY ($4::text[])
     ) AS held`,
    [lockKeys.lane, first, last, own],
  );
  return row?.held ?? true;
}
