import type { DeliveryAttempted } from '../domain/events/delivery-events.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';

/** What a run tells the engine with its heartbeats, for the run after it. */
export interface Progress {
  /** Number of the first attempt of this activity; 0 while it is not known. A redelivery does not begin at 1. */
  readonly first: number;
  /** Number of the attempt that was begun last; it may have reached the provider. */
  readonly begun: number;
}

/**
 * What a run that has done nothing yet tells. Nothing where a run before left no word, as that one may have sent: the run
 * after this one must fear it too.
 */
export function progressAtStart({ run, progress }: Before): Progress | undefined {
  return progress ?? (run === 1 ? { first: 0, begun: 0 } : undefined);
}

export interface AttemptsSoFar {
  readonly attempts: readonly DeliveryAttempted['data'][];
  /** Version of the delivery stream. */
  readonly version: number;
  /** Number of the next attempt. */
  readonly next: number;
  /** Number of the first attempt of this activity. */
  readonly first: number;
  /** An attempt was begun and left no record: it may have reached the provider. */
  readonly isOneLost: boolean;
}

export interface Before {
  /** The engine's count of runs, from 1. */
  readonly run: number;
  /** What the runs before told. */
  readonly progress: Progress | undefined;
}

export function attemptsSoFar(events: readonly RecordedEvent[], { run, progress }: Before): AttemptsSoFar {
  const attempts = events.flatMap(attemptIn);
  const last = attempts.reduce((highest, { attempt }) => Math.max(highest, attempt), 0);
  const next = last + 1;
  return {
    attempts,
    version: events.at(-1)?.version ?? -1,
    next,
    first: firstOf(next, run, progress),
    isOneLost: progress === undefined ? run > 1 && last !== run - 1 : progress.begun >= next,
  };
}

/** Without a word from the runs before, each of them is taken for an attempt. */
function firstOf(next: number, run: number, progress: Progress | undefined): number {
  if (progress === undefined) return Math.max(1, next - (run - 1));
  return progress.first === 0 ? next : progress.first;
}

/** The store has checked the shape. */
function attemptIn({ body }: RecordedEvent): DeliveryAttempted['data'][] {
  return body.type === 'DeliveryAttempted' ? [(body as DeliveryAttempted).data] : [];
}

/** Heartbeat details as they come back from the engine, maybe from another version of tocsin. */
export function readProgress(details: unknown): Progress | undefined {
  if (typeof details !== 'object' || details === null) return undefined;
  const { first, begun } = details as Partial<Record<keyof Progress, unknown>>;
  return Number.isInteger(first) && Number.isInteger(begun)
    ? { first: first as number, begun: begun as number }
    : undefined;
}
