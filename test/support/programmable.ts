import type { Answer, RecordedRequest } from './fake-http.ts';

/** What a fake answers instead of behaving as the real thing does. */
export interface Programme {
  /** One answer each for the coming requests, in order. */
  next(...answers: readonly Answer[]): void;
  /** For every other request that it has an answer for, until it is called with undefined. */
  always(decide: ((request: RecordedRequest) => Answer | undefined) | undefined): void;
}

export function createProgramme(): Programme & { take(request: RecordedRequest): Answer | undefined } {
  const queued: Answer[] = [];
  let standing: ((request: RecordedRequest) => Answer | undefined) | undefined;
  return {
    next: (...answers) => void queued.push(...answers),
    always(decide) {
      standing = decide;
    },
    take: (request) => queued.shift() ?? standing?.(request),
  };
}
