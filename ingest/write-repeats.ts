import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { AppendRequest, LaneWriter } from '../store/lane-writer.ts';
import type { AlertHead, AlertHeads } from './alert-head.ts';
import { repeatedOf } from './decide-stream.ts';
import type { DueRepeats } from './repeats.ts';

export interface WriteRepeatsOptions {
  readonly writer: Pick<LaneWriter, 'appendAll'>;
  readonly heads: AlertHeads;
}

/**
 * Writes counted repeats on top of what the streams say by now: another process may have counted too. Counts of an
 * episode that is over are dropped.
 *
 * @throws TocsinError of the store, `version_conflict` when others keep writing first
 */
export async function writeRepeats(due: readonly DueRepeats[], options: WriteRepeatsOptions): Promise<void> {
  let pending = due;
  for (let attempt = 0; pending.length > 0 && attempt < limits.maxDecideAttempts; attempt += 1) {
    pending = await writeOnce(pending, options);
  }
  if (pending.length > 0) throw new TocsinError('version_conflict');
}

async function writeOnce(
  due: readonly DueRepeats[],
  { heads, writer }: WriteRepeatsOptions,
): Promise<readonly DueRepeats[]> {
  const known = await heads.read(due.map(({ stream }) => stream));
  const writing = due.flatMap((repeats) => {
    const request = plan(repeats, known.get(repeats.stream));
    return request === undefined ? [] : [{ repeats, request }];
  });
  if (writing.length === 0) return [];
  const results = await writer.appendAll(writing.map(({ request }) => request));
  const stale: DueRepeats[] = [];
  for (const [index, { repeats }] of writing.entries()) {
    if (results[index]?.kind !== 'appended') stale.push(repeats);
  }
  heads.forget(stale.map(({ stream }) => stream));
  return stale;
}

function plan(repeats: DueRepeats, head: AlertHead | undefined): AppendRequest | undefined {
  if (head?.state.status !== 'firing' || head.state.alert.startsAt !== repeats.startsAt) return undefined;
  const body = repeatedOf(head.state, repeats);
  const metadata = { actor: head.state.alert.source, via: 'source' };
  return { stream: repeats.stream, expectedVersion: head.version, events: [{ body, metadata }] };
}
