import { proxyLocalActivities } from '@temporalio/workflow';
import type { SagaActivities } from '../activities/activities.ts';
import type { LanePositions } from '../domain/events/incident-events.ts';
import { beside } from './beside.ts';
import { oneAttempt, patiently } from './patiently.ts';

const { countFiring } = proxyLocalActivities<Pick<SagaActivities, 'countFiring'>>({
  startToCloseTimeout: '10 seconds',
  retry: oneAttempt,
});

interface Question {
  readonly workflowId: string;
  readonly positions: LanePositions;
}

export interface Clearance {
  /** Asks, beside the escalation, whether any alert of the incident fires; a newer question replaces an older one. */
  ask(question: Question): void;
  /** An alert that fired makes the answer under way worthless. */
  doubt(): void;
  /** True once when the newest answer was: nothing fires. */
  takeAllClear(): boolean;
  isAllClear(): boolean;
}

/** The saga keeps no membership: the alert view knows who fires, and the escalation never waits for it. */
export function createClearance(): Clearance {
  let newest: Question | undefined;
  let allClear = false;

  const pursue = async (question: Question): Promise<void> => {
    const { firing } = await patiently('until the alert view can tell', () => countFiring(question));
    if (newest !== question) return;
    newest = undefined;
    allClear = firing === 0;
  };

  return {
    ask(question) {
      newest = question;
      allClear = false;
      beside(() => pursue(question));
    },
    doubt() {
      newest = undefined;
      allClear = false;
    },
    takeAllClear() {
      const had = allClear;
      allClear = false;
      return had;
    },
    isAllClear: () => allClear,
  };
}
