import { setTimeout as sleep } from 'node:timers/promises';
import { connectTemporal } from '../../client/connect.ts';
import type { Phase } from '../phase.ts';

/** What one simple incident leaves in Temporal: fired, paged, acknowledged, cleared. */
export const oneIncident: Phase = {
  name: 'history',
  title: 'one acknowledged incident',
  async run({ stack, sender, provider }) {
    const alert = { instance: 'one-0', phase: 'single', startsAt: new Date().toISOString() };
    await sender.sendAlerts([alert]);
    const page = await provider.firstPage(alert.instance, 15_000);
    if (page === undefined) throw new Error('nobody was paged');
    await sender.post(`/v1/incidents/${page.incidentId}/acknowledge`, '{"by":"bench"}');
    await sender.sendAlerts([{ ...alert, status: 'resolved' }]);
    await using open = new AsyncDisposableStack();
    const temporal = open.adopt(
      connectTemporal({ address: stack.temporalAddress, namespace: 'default' }),
      (it) => it.close(),
    );
    for (let look = 0; look < 100; look += 1) {
      for await (const run of temporal.client.workflow.list({
        query: `TocsinIncidentId = '${page.incidentId}' AND ExecutionStatus = 'Completed' AND WorkflowType = 'escalation'`,
      })) {
        const value = run.historyLength ?? Number.NaN;
        return [{ name: 'events in its history', value, unit: 'events', target: 40, bound: 'most' }];
      }
      await sleep(200);
    }
    throw new Error('its workflow did not end');
  },
};
