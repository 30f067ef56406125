import {
  condition,
  continueAsNew,
  defineSignal,
  proxyLocalActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { ProjectionActivities } from '../activities/activities.ts';
import type { ProjectionInput } from '../domain/incident/protocol.ts';
import { limits } from '../domain/limits.ts';

const advance = defineSignal<[number]>('advance');

const { project } = proxyLocalActivities<ProjectionActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
});

/** Keeps the views of one incident up to the newest version it was told of, and ends with the incident. */
export async function projection({ incidentId, version }: ProjectionInput): Promise<void> {
  let wanted = version;
  let reached = -1;
  setHandler(advance, (newest) => {
    wanted = Math.max(wanted, newest);
  });
  for (;;) {
    await condition(() => wanted > reached);
    const projected = await project({ incidentId });
    reached = projected.version;
    if (projected.resolved && wanted <= reached) return;
    if (reached < wanted) await sleep('1 second', { summary: 'the event log lags behind' });
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (continueAsNewSuggested || historyLength > limits.maxHistoryEvents) {
      await continueAsNew<typeof projection>({ incidentId, version: wanted });
    }
  }
}
