import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { workflowNowMs } from './clock.ts';

export interface Alarm {
  /** Rings at an instant, or never; setting the same instant again costs nothing. */
  set(atMs: number | undefined, summary: string): void;
  /** True once per ring. */
  takeRing(): boolean;
  hasRung(): boolean;
}

/** One timer at a time: the instant at which the saga has to look again. */
export function createAlarm(): Alarm {
  let current: { readonly atMs: number; readonly scope: CancellationScope } | undefined;
  let rung = false;

  const arm = (atMs: number, summary: string): void => {
    const scope = new CancellationScope();
    current = { atMs, scope };
    scope
      .run(() => sleep(Math.max(1, atMs - workflowNowMs()), { summary }))
      .then(
        () => {
          if (current?.scope === scope) current = undefined;
          rung = true;
        },
        (error: unknown) => {
          if (!isCancellation(error)) throw error;
        },
      );
  };

  return {
    set(atMs, summary) {
      if (current?.atMs === atMs) return;
      current?.scope.cancel();
      current = undefined;
      if (atMs !== undefined) arm(atMs, summary);
    },
    takeRing: () => {
      const had = rung;
      rung = false;
      return had;
    },
    hasRung: () => rung,
  };
}
