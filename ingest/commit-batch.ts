import { identityOf } from '../domain/alert/command.ts';
import { type ErrorCode, TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { QuietWorld } from '../domain/suppression/world.ts';
import type { AppendResult, LaneWriter } from '../store/lane-writer.ts';
import { type AlertHeads, noHead } from './alert-head.ts';
import { fastAlertStreamOf } from './alert-stream.ts';
import type { ContextOf } from './decide-context.ts';
import { decideStream, type Instruction, type Outcome, type StreamPlan } from './decide-stream.ts';
import { noteInhibitor } from './note-inhibitor.ts';
import type { RepeatCounter } from './repeats.ts';
import type { StreamTurns } from './stream-turns.ts';

/** What became of one instruction; whatever is not failed is committed. */
export type Verdict =
  | (Outcome & { readonly position?: number })
  | { readonly outcome: 'failed'; readonly error: TocsinError };

export interface CommitBatchOptions {
  readonly writer: Pick<LaneWriter, 'appendAll'>;
  readonly heads: AlertHeads;
  /** Under one configuration for the whole batch. */
  readonly contextOf: ContextOf;
  readonly world: QuietWorld;
  readonly repeats: RepeatCounter;
  readonly turns: StreamTurns;
}

interface StreamWork {
  readonly stream: string;
  readonly instructions: Instruction[];
}

interface PlannedWork {
  readonly work: StreamWork;
  readonly plan: StreamPlan;
}

/**
 * Decides and appends everything under one configuration. A stream that another process wrote meanwhile is read and
 * decided again.
 *
 * @throws TocsinError of the store; then nobody may be told that anything was accepted
 */
export async function commitBatch(
  instructions: readonly Instruction[],
  options: CommitBatchOptions,
): Promise<Map<Instruction, Verdict>> {
  const works = groupByStream(instructions);
  const streams = works.map(({ stream }) => stream);
  return options.turns.take(streams, () => decideAll(works, options));
}

async function decideAll(
  works: readonly StreamWork[],
  options: CommitBatchOptions,
): Promise<Map<Instruction, Verdict>> {
  const verdicts = new Map<Instruction, Verdict>();
  let pending = works;
  for (let attempt = 0; pending.length > 0 && attempt < limits.maxDecideAttempts; attempt += 1) {
    pending = await settle(pending, verdicts, options);
  }
  for (const instruction of pending.flatMap((work) => work.instructions)) {
    verdicts.set(instruction, { outcome: 'failed', error: failure('version_conflict') });
  }
  return verdicts;
}

function groupByStream(instructions: readonly Instruction[]): StreamWork[] {
  const works = new Map<string, StreamWork>();
  for (const instruction of instructions) {
    const stream = fastAlertStreamOf(identityOf(instruction.command));
    const work = works.get(stream);
    if (work === undefined) works.set(stream, { stream, instructions: [instruction] });
    else work.instructions.push(instruction);
  }
  return [...works.values()];
}

/** One round; answers what has to be decided again. */
async function settle(
  works: readonly StreamWork[],
  verdicts: Map<Instruction, Verdict>,
  options: CommitBatchOptions,
): Promise<StreamWork[]> {
  const planned = await planAll(works, options);
  const results = await append(planned, options);
  const stale: StreamWork[] = [];
  for (const [index, { work, plan }] of planned.entries()) {
    const result = results[index];
    if (result?.kind === 'stale') {
      stale.push(work);
      continue;
    }
    options.repeats.keep(work.stream, plan.repeats);
    const position = result?.events.at(-1)?.position;
    for (const [at, instruction] of work.instructions.entries()) {
      verdicts.set(instruction, verdictOf(plan, at, position));
    }
  }
  options.heads.forget(stale.map(({ stream }) => stream));
  return stale;
}

/** What inhibits counts from its decision on, so that its neighbours in the batch are judged with it. */
async function planAll(
  works: readonly StreamWork[],
  { heads, contextOf, repeats, world }: CommitBatchOptions,
): Promise<PlannedWork[]> {
  const known = await heads.read(works.map(({ stream }) => stream));
  return works.map((work) => {
    const { stream, instructions } = work;
    const head = known.get(stream) ?? noHead;
    const context = contextOf(stream);
    const plan = decideStream(instructions, { head, context, repeats: repeats.unwritten(stream) });
    noteInhibitor(world, { stream, state: plan.state, context });
    return { work, plan };
  });
}

/** One result for each plan, none for those that write nothing. */
async function append(
  planned: readonly PlannedWork[],
  { writer, heads }: CommitBatchOptions,
): Promise<readonly (AppendResult | undefined)[]> {
  const writing = planned.filter(({ plan }) => plan.events.length > 0);
  if (writing.length === 0) return [];
  const requests = writing.map(({ work, plan }) => ({
    stream: work.stream,
    expectedVersion: plan.expectedVersion,
    events: plan.events,
  }));
  const results = await writer.appendAll(requests).catch((error: unknown) => {
    // Some of it may have been written.
    heads.forget(requests.map(({ stream }) => stream));
    throw error;
  });
  let next = 0;
  return planned.map(({ plan }) => {
    if (plan.events.length === 0) return undefined;
    const result = results[next];
    next += 1;
    if (result === undefined) throw failure('internal', 'the store left a request unanswered');
    return result;
  });
}

function verdictOf(plan: StreamPlan, index: number, position: number | undefined): Verdict {
  const outcome = plan.outcomes[index];
  if (outcome === undefined) throw failure('internal', 'an instruction was left undecided');
  return outcome.outcome === 'accepted' && position !== undefined ? { ...outcome, position } : outcome;
}

function failure(code: ErrorCode, detail?: string): TocsinError {
  return new TocsinError(code, detail === undefined ? {} : { detail });
}
