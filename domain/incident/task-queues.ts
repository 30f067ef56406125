/** Temporal task queues of one deployment; `tocsin-sagas`, `tocsin-projections`, `tocsin-notify-<provider>`, `…-<provider>-edits`. */
export interface TaskQueues {
  readonly sagas: string;
  readonly projections: string;
  /** Pages, reminders, undo and test pages. */
  notify(provider: string): string;
  /** Edits of messages, which must not make a page wait. */
  edits(provider: string): string;
}

export const defaultQueuePrefix = 'tocsin';

export function taskQueuesOf(prefix: string): TaskQueues {
  return {
    sagas: `${prefix}-sagas`,
    projections: `${prefix}-projections`,
    notify: (provider) => `${prefix}-notify-${provider}`,
    edits: (provider) => `${prefix}-notify-${provider}-edits`,
  };
}

/** A saga finds its neighbours' queues from its own. */
export function taskQueuesBeside(sagas: string): TaskQueues {
  return taskQueuesOf(sagas.slice(0, -'-sagas'.length));
}
