import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { limits } from '../domain/limits.ts';
import type { AppendBatch } from './append-batch.ts';
import { copyAppend } from './copy-append.ts';
import { sqlStateOf } from './store-error.ts';
import { strictAppend } from './strict-append.ts';

export type AppendPath = 'copy' | 'strict';

export type CommitOutcome =
  | { readonly kind: 'committed'; readonly staleStreams: ReadonlySet<string>; readonly path: AppendPath }
  /** Nothing was written, and never will be: something in the batch is not acceptable. */
  | { readonly kind: 'refused'; readonly cause: unknown }
  /** Nothing was written: other writers won every time. */
  | { readonly kind: 'contended'; readonly cause: unknown }
  /** It may have been written: ask the log. The connection is not to be used any more. */
  | { readonly kind: 'undecided'; readonly cause: unknown };

const none: ReadonlySet<string> = new Set();

/** Writes a batch in one commit; what other writers' conflicts cost is retried by the strict path. Never throws. */
export async function commitBatch(
  client: Client,
  batch: AppendBatch,
  preferred: AppendPath,
): Promise<CommitOutcome> {
  let path = preferred;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const staleStreams = await writeBatch(client, batch, path);
      return { kind: 'committed', staleStreams, path };
    } catch (cause) {
      const failure = classify(cause);
      if (failure !== 'contended' || attempt === limits.maxAppendAttempts) return { kind: failure, cause };
      // The first conflict of a COPY says nothing about the next try; those after it come from a race.
      if (path === 'strict') await delay(Math.random() * 5 * attempt);
      path = 'strict';
    }
  }
}

async function writeBatch(
  client: Client,
  batch: AppendBatch,
  path: AppendPath,
): Promise<ReadonlySet<string>> {
  // Ending a client that is busy closes its socket at once, which makes the statement fail as undecided.
  const timer = setTimeout(() => void client.end(), limits.commitTimeoutMs);
  try {
    if (path === 'strict') return await strictAppend(client, batch);
    await copyAppend(client, batch);
    return none;
  } finally {
    clearTimeout(timer);
  }
}

/** SQLSTATEs that are only ever answered instead of a commit; everything else leaves the outcome open. */
function classify(error: unknown): 'refused' | 'contended' | 'undecided' {
  const state = sqlStateOf(error);
  if (state === undefined) return 'undecided';
  if (state === '23505' || state === '40001' || state === '40P01') return 'contended';
  if (state.startsWith('22') || state.startsWith('23')) return 'refused';
  return 'undecided';
}
