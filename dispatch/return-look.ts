import type { AlertCommand } from '../domain/alert/command.ts';
import type { AlertIdentity } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { Look } from './clock.ts';

export interface Returning {
  readonly identity: AlertIdentity;
  /** The one that was closed. */
  readonly incidentId: string;
  readonly workflowId: string;
  readonly reason: 'by_human' | 'unheard';
}

export interface ReturnLookDeps {
  findReturning(search: {
    readonly fromMs: number;
    readonly untilMs: number;
    readonly limit: number;
  }): Promise<readonly Returning[]>;
  /** Decides about the alerts as they are by then. */
  decide(commands: readonly AlertCommand[]): Promise<void>;
  readonly now: () => number;
}

/** The clock may have been away for so long; what came due before that has been looked at. */
const lookBackMs = 7 * 86_400_000;
/** Views lag behind the log: what came due within this is looked at again. */
const overlapMs = 60_000;
/** And all of the above so often: a view may be minutes late after an outage, and clocks are put back. */
const lookBackEveryMs = 60_000;
/** Until the view shows what was decided. */
const repeatMs = 30_000;

/**
 * Alerts that fire on behind a closed incident. Where a human closed it they come back after the policy's `reopen_after`;
 * where nothing was heard of them they are taken for over, so that the next word of them begins anew.
 */
export function returnLook({ findReturning, decide, now }: ReturnLookDeps): Look {
  const asked = new Map<string, number>();
  let fromMs = now() - lookBackMs;
  let lookedBackMs = now();
  return {
    everyMs: 1_000,
    async look() {
      const untilMs = now();
      if (Math.abs(untilMs - lookedBackMs) >= lookBackEveryMs) {
        fromMs = untilMs - lookBackMs;
        lookedBackMs = untilMs;
      }
      const found = await findReturning({ fromMs, untilMs, limit: limits.maxLookAlerts });
      for (const [key, atMs] of asked) if (Math.abs(untilMs - atMs) >= repeatMs) asked.delete(key);
      const due = found.filter((it) => !asked.has(keyOf(it)));
      if (due.length > 0) await decide(due.map(commandOf));
      for (const it of due) asked.set(keyOf(it), untilMs);
      if (found.length < limits.maxLookAlerts) fromMs = Math.max(fromMs, untilMs - overlapMs);
    },
  };
}

function keyOf({ identity: { tenant, source, fingerprint }, incidentId }: Returning): string {
  return JSON.stringify([tenant, source, fingerprint, incidentId]);
}

function commandOf({ identity, workflowId, reason }: Returning): AlertCommand {
  return reason === 'unheard'
    ? { kind: 'expire', identity, isUnheard: true }
    : { kind: 'reopen', identity, workflowIds: [workflowId] };
}
