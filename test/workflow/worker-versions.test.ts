import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { aPolicy } from '../support/incident-events.ts';
import { aChannel, commandOn, untilThereAre } from '../support/saga-scenario.ts';
import { openSagaStage, type SagaStage } from '../support/saga-stage.ts';

const deploymentName = `tocsin-${randomBytes(4).toString('hex')}`;

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage({ build: { deploymentName, buildId: 'one' } });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

/** What an operator does with `temporal worker deployment set-current-version`, once the build's workers poll. */
async function setCurrent(buildId: string): Promise<void> {
  await eventually(async () => {
    await stage.client.workflowService.setWorkerDeploymentCurrentVersion({
      namespace: 'default',
      deploymentName,
      buildId,
    });
    return true;
  }, 20_000);
}

async function buildOf(workflowId: string) {
  const { raw } = await stage.client.workflow.getHandle(workflowId).describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
}

test('an open incident stays on the build that opened it, new ones begin on the current one', async () => {
  await setCurrent('one');
  const policy = aPolicy({ steps: [{ targets: [aChannel()], waitMs: 60_000 }], repeat: 0 });
  const [old, fresh] = [stage.scene(policy), stage.scene(policy)];
  const oldIncident = await old.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene: old, incidentId: oldIncident });

  await using _two = await stage.startBuild({ deploymentName, buildId: 'two' });
  await setCurrent('two');
  const freshIncident = await fresh.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene: fresh, incidentId: freshIncident });
  await stage.commands.acknowledge(commandOn(old, oldIncident));
  expect([await buildOf(old.workflowId), await buildOf(fresh.workflowId)]).toEqual(['one', 'two']);

  // the group's next incident leaves the old build behind
  await old.clear({ name: 'disk' });
  await untilThereAre('IncidentResolved', { scene: old, incidentId: oldIncident });
  const next = await old.fire({ name: 'disk' });
  await untilThereAre('NotificationDelivered', { scene: old, incidentId: next });
  expect(await buildOf(old.workflowId)).toBe('two');
  await stage.commands.resolve(commandOn(old, next));
  await stage.commands.resolve(commandOn(fresh, freshIncident));
}, 90_000);
