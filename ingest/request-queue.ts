import { type AlertCommand, identityOf } from '../domain/alert/command.ts';
import { limits } from '../domain/limits.ts';

/** A request that waits to be decided. */
export interface WaitingRequest {
  readonly instructions: readonly { readonly command: AlertCommand }[];
  /** One batch is decided under one configuration. */
  readonly config: unknown;
}

/** Requests that wait for the database: what must page soon goes ahead of what came before it. */
export interface RequestQueue<T extends WaitingRequest> {
  push(request: T): void;
  size(): number;
  /** As much as fits one commit, at least one request, and all of it under one configuration; none when none waits. */
  takeBatch(): T[];
}

/**
 * Requests with a critical alert, or with one that the clock releases, go first; each `limits.maxUrgentBatches` batches
 * the others do, so that they are not left waiting for good. Two requests about one alert keep their order.
 */
export function createRequestQueue<T extends WaitingRequest>(): RequestQueue<T> {
  const urgent = createLine<T>();
  const others = createLine<T>();
  let taken = 0;
  return {
    push(request) {
      const goesFirst = !others.sharesAlert(request) && (isUrgent(request) || urgent.sharesAlert(request));
      (goesFirst ? urgent : others).push(request);
    },
    size: () => urgent.size() + others.size(),
    takeBatch() {
      taken += 1;
      const isTurnOfOthers = taken % (limits.maxUrgentBatches + 1) === 0;
      const lines = isTurnOfOthers ? [others, urgent] : [urgent, others];
      const batch: T[] = [];
      for (const line of lines) line.moveTo(batch);
      return batch;
    },
  };
}

function isUrgent({ instructions }: WaitingRequest): boolean {
  return instructions.some(({ command }) =>
    command.kind === 'observe'
      ? command.alert.severity === 'critical'
      : command.kind === 'rejudge' || command.kind === 'reopen',
  );
}

/** Requests in the order in which they came. */
function createLine<T extends WaitingRequest>() {
  const requests: T[] = [];
  /** How often each fingerprint waits: two alerts of one fingerprint merely keep their order too. */
  const waiting = new Map<string, number>();

  const count = ({ instructions }: T, by: 1 | -1): void => {
    for (const { command } of instructions) {
      const { fingerprint } = identityOf(command);
      const times = (waiting.get(fingerprint) ?? 0) + by;
      if (times > 0) waiting.set(fingerprint, times);
      else waiting.delete(fingerprint);
    }
  };

  return {
    size: () => requests.length,
    push(request: T): void {
      requests.push(request);
      count(request, 1);
    },
    sharesAlert: ({ instructions }: T): boolean =>
      waiting.size > 0 && instructions.some(({ command }) => waiting.has(identityOf(command).fingerprint)),
    moveTo(batch: T[]): void {
      let size = batch.reduce((sum, { instructions }) => sum + instructions.length, 0);
      let moved = 0;
      for (const request of requests) {
        size += request.instructions.length;
        const [first] = batch;
        if (first !== undefined && (size > limits.maxBatchEvents || first.config !== request.config)) break;
        batch.push(request);
        count(request, -1);
        moved += 1;
      }
      requests.splice(0, moved);
    },
  };
}
