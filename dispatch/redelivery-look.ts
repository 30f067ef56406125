import { limits } from '../domain/limits.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Look } from './clock.ts';
import { isAway } from './is-away.ts';

/** A page that was given up for reasons that pass, of an incident that nobody has answered. */
export interface WaitingDeadLetter {
  readonly key: string;
  readonly incidentId: string;
  readonly channel: string;
  /** Epoch milliseconds: when it became a dead letter first, and when last. */
  readonly deadSinceMs: number;
  readonly triedMs: number;
  /** When something was last delivered to its channel; 0 when nothing ever was. */
  readonly channelDeliveredMs: number;
}

export interface RedeliveryLookDeps {
  /** Of every channel some. */
  findWaiting(limit: number): Promise<readonly WaitingDeadLetter[]>;
  /** Of these, those that somebody discarded, though the view may not show it yet. */
  findDiscarded(keys: readonly string[]): Promise<ReadonlySet<string>>;
  redeliver(incidentId: string, keys: readonly string[]): Promise<void>;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** When a letter was asked for last, and when it had been tried by then. */
interface Asked {
  readonly atMs: number;
  readonly triedMs: number;
}

/** The search takes a tenth of the time at most, however many there are. */
const rest = 10;

/**
 * Sends dead letters again by itself. Whether a provider answers again is learned by trying: of each channel that has
 * dead letters, one is sent now and then; once something is through, the others follow. A page that is answered
 * meanwhile is no candidate, and its saga would not send it either.
 */
export function redeliveryLook(deps: RedeliveryLookDeps): Look {
  const { now } = deps;
  const asked = new Map<string, Asked>();
  const probed = new Map<string, number>();

  /** Under way, or its saga does nothing about it: that must not keep its channel from being tried. */
  const isAwaited = ({ key, triedMs }: WaitingDeadLetter): boolean => {
    const last = asked.get(key);
    return last?.triedMs === triedMs && now() - last.atMs < limits.redeliverRepeatMs;
  };

  const probeOf = (channel: string, letters: readonly WaitingDeadLetter[]): WaitingDeadLetter[] => {
    const awaySinceMs = Math.min(...letters.map(startOfAbsence));
    const dueMs = (probed.get(channel) ?? Number.NEGATIVE_INFINITY) + probeEveryMs(now() - awaySinceMs);
    // in turn: one that always fails by itself must not keep the others from showing that their channel is back
    const [probe] = letters
      .filter((letter) => !isAwaited(letter))
      .sort((one, other) => one.triedMs - other.triedMs);
    if (now() < dueMs || probe === undefined) return [];
    probed.set(channel, now());
    return [probe];
  };

  const choose = (waiting: readonly WaitingDeadLetter[]): WaitingDeadLetter[] => {
    const byChannel = [...Map.groupBy(waiting, ({ channel }) => channel)];
    const chosen = byChannel.flatMap(([channel, letters]) => {
      const back = letters.filter((letter) => isBack(letter) && !isAwaited(letter));
      return back.length > 0 ? back : probeOf(channel, letters);
    });
    return chosen.slice(0, limits.maxRedeliveredPerLook);
  };

  return {
    everyMs: 0,
    rest,
    async look() {
      forget(asked, ({ atMs }) => now() - atMs > limits.redeliverRepeatMs);
      forget(probed, (atMs) => now() - atMs > limits.maxProbeMs);
      const chosen = choose(await deps.findWaiting(limits.maxWaitingDeadLetters));
      if (chosen.length === 0) return;
      const discarded = await deps.findDiscarded(chosen.map(({ key }) => key));
      const wanted = chosen.filter(({ key }) => !discarded.has(key));
      for (const { key, triedMs } of chosen) asked.set(key, { atMs: now(), triedMs });
      const waiting = Map.groupBy(wanted, (letter) => letter.incidentId);
      try {
        for (const [incidentId, letters] of waiting) {
          await sendAgain(
            deps,
            incidentId,
            letters.map(({ key }) => key),
          );
          waiting.delete(incidentId);
        }
      } finally {
        // nobody was asked for these: they are due as soon as the engine is back
        for (const { key } of [...waiting.values()].flat()) asked.delete(key);
      }
    },
  };
}

/** Its channel took something since this was tried last. */
function isBack({ channelDeliveredMs, triedMs }: WaitingDeadLetter): boolean {
  return channelDeliveredMs > triedMs;
}

/** As far as this dead letter tells. */
function startOfAbsence({ deadSinceMs, channelDeliveredMs }: WaitingDeadLetter): number {
  return Math.max(deadSinceMs, channelDeliveredMs);
}

/** The longer a channel has been away, the less often it is tried. */
function probeEveryMs(awayMs: number): number {
  return Math.min(limits.maxProbeMs, Math.max(limits.minProbeMs, awayMs * limits.probeShare));
}

function forget<T>(entries: Map<string, T>, isOver: (entry: T) => boolean): void {
  for (const [name, entry] of entries) if (isOver(entry)) entries.delete(name);
}

/** What is wrong with one incident keeps no other waiting; a part that is away ends the look. */
async function sendAgain(
  { redeliver, logger }: RedeliveryLookDeps,
  incidentId: string,
  keys: readonly string[],
): Promise<void> {
  try {
    await redeliver(incidentId, keys);
    logger.info({ incidentId, notifications: keys }, 'dead letters are sent again');
  } catch (error) {
    if (isAway(error)) throw error;
    logger.error({ err: error, incidentId }, 'dead letters could not be sent again');
  }
}
