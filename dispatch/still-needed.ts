import { countedIn } from '../domain/alert/state.ts';
import type { EventLog } from '../store/event-log.ts';
import { alertEventOf } from './dispatch-items.ts';
import type { DispatchItem } from './incident-queue.ts';

export interface FiredEpisode {
  readonly workflowId: string;
  readonly lane: number;
  readonly position: number;
}

export interface StillNeededDeps {
  readonly log: Pick<EventLog, 'readHeads'>;
  /** One answer per episode: whether a human resolved its incident with the episode already in it. */
  isCoveredByHumanResolve(episodes: readonly FiredEpisode[]): Promise<readonly boolean[]>;
}

/**
 * Judges alerts that are read again from the log, after a crash or an outage: an episode that has ended, that a newer
 * one has replaced, or that is quiet by now, pages nobody, and neither does one that a human has resolved by hand.
 */
export function createStillNeeded({ log, isCoveredByHumanResolve }: StillNeededDeps) {
  return async (fired: readonly DispatchItem[]): Promise<ReadonlySet<DispatchItem>> => {
    // an alert whose last event cannot be read is needed: nobody knows better, and no other stream may wait for it
    const heads = await log.readHeads([...new Set(fired.map(({ stream }) => stream))], () => {});
    const live = fired.filter((item) => {
      const head = heads.get(item.stream);
      const event = head === undefined ? undefined : alertEventOf(head);
      if (head === undefined || event === undefined) return true;
      const isReplaced = event.type === 'AlertFired' && head.version !== item.version;
      const isCounted = countedIn(event.data.incidents).includes(item.workflowId);
      return event.data.alert.status === 'firing' && !isReplaced && isCounted;
    });
    const covered = await isCoveredByHumanResolve(
      live.map(({ workflowId, reference }) => ({
        workflowId,
        lane: reference.lane,
        position: reference.position,
      })),
    );
    return new Set(live.filter((_, index) => covered[index] !== true));
  };
}
