import type { AlertCommand } from '../domain/alert/command.ts';
import type { FiringAlert, FiringPage } from '../domain/alert/firing-alert.ts';
import type { RouteTaken } from '../domain/events/alert-events.ts';
import { limits } from '../domain/limits.ts';
import type { Judge } from '../domain/suppression/judge.ts';
import type { Look } from './clock.ts';

export interface QuietLookDeps {
  /** Quiet alerts of which something has come to its end by the clock alone. */
  findDue(nowMs: number, limit: number): Promise<readonly FiringAlert[]>;
  listQuiet(after: string | undefined, limit: number): Promise<FiringPage>;
  listCounted(after: string | undefined, limit: number): Promise<FiringPage>;
  /** Under the configuration in force. */
  judge(): Judge;
  /** Changes whenever silences, inhibiting alerts or the configuration do. */
  revision(): string;
  /** Whether there is anything that could quiet an alert that counts. */
  canQuiet(): boolean;
  /** Decides about the alerts as they are by then. */
  decide(commands: readonly AlertCommand[]): Promise<void>;
  readonly now: () => number;
}

/** How often all that is quiet, and all that counts, is looked at although nothing is known to have changed. */
const quietEveryMs = 5_000;
const countedEveryMs = 10_000;
/** Pages of alerts in one look: what is released must page within 2 s; what begins to be quiet has more time. */
const quietPages = 10;
const countedPages = 2;
/** A round is followed by a rest as long as it took, so that much churn in a large crowd takes half of a core at most. */
const maxRestMs = 1_000;

/**
 * Sees when silences, inhibitions, time intervals and rules begin and end. The views only say which alerts are worth
 * asking about; whether one is quiet is decided on its stream.
 */
export function quietLooks(deps: QuietLookDeps): readonly Look[] {
  const { findDue, listQuiet, listCounted, now } = deps;
  const quiet = createRound({ list: listQuiet, pages: quietPages, everyMs: quietEveryMs, now });
  const counted = createRound({ list: listCounted, pages: countedPages, everyMs: countedEveryMs, now });
  const work = (alerts: readonly FiringAlert[]) => rejudge(deps, alerts);
  return [
    { everyMs: 0, look: async () => await work(await findDue(now(), limits.maxLookAlerts)) },
    { everyMs: 0, look: () => quiet.goOn(deps.revision(), work) },
    {
      everyMs: 0,
      async look() {
        // the last of the reasons may just have gone: a round that is under way has nothing left to find
        if (deps.canQuiet()) await counted.goOn(deps.revision(), work);
      },
    },
  ];
}

interface RoundOptions {
  readonly list: QuietLookDeps['listQuiet'];
  /** In one look. */
  readonly pages: number;
  readonly everyMs: number;
  readonly now: () => number;
}

/** Goes round all alerts of a kind, some pages at a time: now and then, and whenever the revision is another one. */
function createRound({ list, pages, everyMs, now }: RoundOptions) {
  const every = createPause(now);
  const rest = createPause(now);
  let seenRevision: string | undefined;
  let isAsked = false;
  let isUnderWay = false;
  let cursor: string | undefined;
  let tookMs = 0;

  const goOnce = async (work: (alerts: readonly FiringAlert[]) => Promise<void>): Promise<void> => {
    const startedMs = now();
    for (let page = 0; page < pages && isUnderWay; page += 1) {
      const { alerts, next } = await list(cursor, limits.maxLookAlerts);
      await work(alerts);
      cursor = next;
      isUnderWay = next !== undefined;
    }
    tookMs += Math.max(0, now() - startedMs);
  };

  return {
    /** A change during a round makes another one after it. */
    async goOn(revision: string, work: (alerts: readonly FiringAlert[]) => Promise<void>): Promise<void> {
      if (revision !== seenRevision) isAsked = true;
      seenRevision = revision;
      if (!isUnderWay) {
        if ((!isAsked && every.isOn()) || rest.isOn()) return;
        isAsked = false;
        isUnderWay = true;
        tookMs = 0;
        every.begin(everyMs);
      }
      await goOnce(work);
      if (!isUnderWay) rest.begin(Math.min(tookMs, maxRestMs));
    },
  };
}

/** A time of waiting that a clock which is put back does not make any longer. */
function createPause(now: () => number) {
  let [fromMs, lengthMs] = [0, 0];
  return {
    begin(ms: number): void {
      [fromMs, lengthMs] = [now(), ms];
    },
    isOn(): boolean {
      const passedMs = now() - fromMs;
      return passedMs >= 0 && passedMs < lengthMs;
    },
  };
}

async function rejudge({ judge, decide, now }: QuietLookDeps, alerts: readonly FiringAlert[]): Promise<void> {
  const asked = judge();
  const nowMs = now();
  const changed = alerts.filter((alert) => isOtherwise(alert, asked, nowMs));
  if (changed.length === 0) return;
  await decide(
    changed.map(({ alert: { tenant, source, fingerprint } }) => ({
      kind: 'rejudge',
      identity: { tenant, source, fingerprint },
    })),
  );
}

function isOtherwise(
  { stream, alert, countedBy, quiet, flap }: FiringAlert,
  judge: Judge,
  nowMs: number,
): boolean {
  const routes = [...quiet, ...countedBy.map(asRoute)];
  const judged = judge({ stream, alert, routes, flap, nowMs, isNew: false });
  return judged.some((route, index) => !isSameQuieting(route, routes[index]));
}

/** Judging asks a route that counts the alert for no more than its name. */
function asRoute(route: string): RouteTaken {
  return { route, policy: '', groupLabels: {}, workflowId: '' };
}

function isSameQuieting({ quiet: a }: RouteTaken, before: RouteTaken | undefined): boolean {
  const b = before?.quiet;
  return a?.kind === b?.kind && a?.rule === b?.rule && a?.until === b?.until;
}
