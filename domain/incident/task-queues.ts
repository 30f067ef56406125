/** Temporal task queues of one deployment; `tocsin-sagas`, `tocsin-projections`, `tocsin-notify-<provider>`. */
export interface TaskQueues {
  readonly sagas: string;
  readonly projections: string;
  notify(provider: string): string;
}

export const defaultQueuePrefix = 'tocsin';

export function taskQueuesOf(prefix: string): TaskQueues {
  return {
    sagas: `${prefix}-sagas`,
    projections: `${prefix}-projections`,
    notify: (provider) => `${prefix}-notify-${provider}`,
  };
}

/** A saga finds its neighbours' queues from its own. */
export function taskQueuesBeside(sagas: string): TaskQueues {
  return taskQueuesOf(sagas.slice(0, -'-sagas'.length));
}
