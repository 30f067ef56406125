import type { AppendListener, AppendResult } from './pending-append.ts';

/** One promise for all requests of a call: with one for each, promises were a tenth of what appending allocated. */
export function collectResults(count: number): {
  readonly listener: AppendListener;
  /** In the order of the requests; rejects with the first failure. */
  readonly results: Promise<AppendResult[]>;
} {
  const { promise, resolve, reject } = Promise.withResolvers<AppendResult[]>();
  const results: AppendResult[] = [];
  let open = count;
  if (count === 0) resolve(results);
  return {
    results: promise,
    listener: {
      settled(index, result) {
        results[index] = result;
        open -= 1;
        if (open === 0) resolve(results);
      },
      failed: reject,
    },
  };
}
