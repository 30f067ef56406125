import type { TocsinConfig } from '../config/config.ts';
import { type ErrorCode, TocsinError } from '../domain/errors.ts';
import { alertStreamOf } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { EventLog } from '../store/event-log.ts';
import type { LaneWriter } from '../store/lane-writer.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { noHead, readAlertHeads } from './alert-head.ts';
import { decideStream, type Observation, type Outcome, type StreamPlan } from './decide-stream.ts';
import type { RepeatCounter } from './repeats.ts';

/** What became of one observation; whatever is not failed is committed. */
export type Verdict =
  | (Outcome & { readonly position?: number })
  | { readonly outcome: 'failed'; readonly error: TocsinError };

export interface CommitBatchOptions {
  readonly writer: Pick<LaneWriter, 'appendAll'>;
  readonly log: Pick<EventLog, 'readHeads'>;
  readonly config: Pick<TocsinConfig, 'version' | 'router'>;
  readonly repeats: RepeatCounter;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

interface StreamWork {
  readonly stream: string;
  readonly observations: Observation[];
}

/**
 * Decides and appends all observations under one configuration. A stream that another process wrote meanwhile is read
 * and decided again.
 *
 * @throws TocsinError of the store; then nobody may be told that anything was accepted
 */
export async function commitBatch(
  observations: readonly Observation[],
  options: CommitBatchOptions,
): Promise<Map<Observation, Verdict>> {
  const verdicts = new Map<Observation, Verdict>();
  let pending = groupByStream(observations);
  for (let attempt = 0; pending.length > 0 && attempt < limits.maxDecideAttempts; attempt += 1) {
    pending = await settle(pending, verdicts, options);
  }
  for (const observation of pending.flatMap((work) => work.observations)) {
    verdicts.set(observation, { outcome: 'failed', error: failure('version_conflict') });
  }
  return verdicts;
}

function groupByStream(observations: readonly Observation[]): StreamWork[] {
  const works = new Map<string, StreamWork>();
  for (const observation of observations) {
    const stream = alertStreamOf(observation.alert);
    const work = works.get(stream) ?? { stream, observations: [] };
    work.observations.push(observation);
    works.set(stream, work);
  }
  return [...works.values()];
}

/** One round; answers what has to be decided again. */
async function settle(
  works: readonly StreamWork[],
  verdicts: Map<Observation, Verdict>,
  options: CommitBatchOptions,
): Promise<StreamWork[]> {
  const heads = await readAlertHeads(
    works.map(({ stream }) => stream),
    options,
  );
  const context = {
    configVersion: options.config.version,
    route: options.config.router.route,
  };
  const plans = works.map((work) => {
    const head = heads.get(work.stream) ?? noHead;
    const repeats = options.repeats.unwritten(work.stream);
    return { work, plan: decideStream(work.observations, { head, context, repeats }) };
  });
  const positions = await append(plans, options.writer);
  const stale: StreamWork[] = [];
  for (const { work, plan } of plans) {
    const position = positions.get(work.stream);
    if (position === 'stale') {
      stale.push(work);
      continue;
    }
    options.repeats.keep(work.stream, plan.repeats);
    work.observations.forEach((observation, index) => {
      verdicts.set(observation, verdictOf(plan, index, position));
    });
  }
  return stale;
}

/** The last position of each stream that was written. */
async function append(
  plans: readonly { readonly work: StreamWork; readonly plan: StreamPlan }[],
  writer: Pick<LaneWriter, 'appendAll'>,
): Promise<Map<string, number | 'stale'>> {
  const writing = plans.filter(({ plan }) => plan.events.length > 0);
  if (writing.length === 0) return new Map();
  const results = await writer.appendAll(
    writing.map(({ work, plan }) => ({
      stream: work.stream,
      expectedVersion: plan.expectedVersion,
      events: plan.events,
    })),
  );
  return new Map(
    writing.map(({ work }, index): [string, number | 'stale'] => {
      const result = results[index];
      if (result === undefined) throw failure('internal', 'the store left a request unanswered');
      if (result.kind === 'stale') return [work.stream, 'stale'];
      return [work.stream, result.events.at(-1)?.position ?? -1];
    }),
  );
}

function verdictOf(plan: StreamPlan, index: number, position: number | undefined): Verdict {
  const outcome = plan.outcomes[index];
  if (outcome === undefined) throw failure('internal', 'an observation was left undecided');
  return outcome.outcome === 'accepted' && position !== undefined ? { ...outcome, position } : outcome;
}

function failure(code: ErrorCode, detail?: string): TocsinError {
  return new TocsinError(code, detail === undefined ? {} : { detail });
}
