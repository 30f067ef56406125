import type { AlertCommand } from '../domain/alert/command.ts';
import type { AlertIdentity } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { Look } from './clock.ts';

export interface ExpirySearch {
  readonly nowMs: number;
  /** Only alerts of which something was heard since then. */
  readonly heardSinceMs: number;
  readonly limit: number;
}

export interface ExpiryLookDeps {
  findExpired(search: ExpirySearch): Promise<readonly AlertIdentity[]>;
  /** Decides about the alerts as they are by then. */
  decide(commands: readonly AlertCommand[]): Promise<void>;
  readonly now: () => number;
}

/**
 * Ends alerts whose senders no longer repeat them. What ran out while tocsin or its database was down is given the time
 * of a few repeats first: its sender could not be heard.
 */
export function expiryLook({ findExpired, decide, now }: ExpiryLookDeps): Look {
  let hearsSinceMs = now();
  let isAway = false;
  const look = async (): Promise<void> => {
    const nowMs = now();
    if (isAway) hearsSinceMs = nowMs;
    const heardSinceMs = nowMs - hearsSinceMs < limits.expiryGraceMs ? hearsSinceMs : 0;
    const identities = await findExpired({ nowMs, heardSinceMs, limit: limits.maxLookAlerts });
    isAway = false;
    if (identities.length === 0) return;
    await decide(identities.map((identity) => ({ kind: 'expire', identity })));
  };
  return {
    everyMs: 500,
    async look() {
      try {
        await look();
      } catch (error) {
        isAway = true;
        throw error;
      }
    },
  };
}
