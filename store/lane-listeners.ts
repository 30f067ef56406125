import type { RecordedEvent } from '../domain/events/envelope.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Who wants to know what becomes of a lane. */
export interface LaneListeners {
  onCommitted(listener: (events: readonly RecordedEvent[]) => void): void;
  onLost(listener: () => void): void;
  committed(events: readonly RecordedEvent[]): void;
  lost(): void;
}

export function createLaneListeners(logger: Logger, lane: number): LaneListeners {
  const committedListeners: ((events: readonly RecordedEvent[]) => void)[] = [];
  const lostListeners: (() => void)[] = [];
  // The events are committed whatever a listener does, and its consumer finds them again in the log.
  const guard = (call: () => void) => {
    try {
      call();
    } catch (error) {
      logger.error({ err: error, lane }, 'a listener of the lane failed');
    }
  };
  return {
    onCommitted: (listener) => void committedListeners.push(listener),
    onLost: (listener) => void lostListeners.push(listener),
    committed(events) {
      for (const listener of committedListeners) guard(() => listener(events));
    },
    lost() {
      for (const listener of lostListeners) guard(listener);
    },
  };
}
