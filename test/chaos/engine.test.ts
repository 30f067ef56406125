import { Client, Connection } from '@temporalio/client';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type OwnServer, startOwnTemporal } from '../support/own-servers.ts';
import { finish, perform } from '../support/perform.ts';
import { readRecordedLog } from '../support/recorded-log.ts';
import { type Stack, startStack } from '../support/stack.ts';

const plan = {
  routes: {
    slow: {
      steps: [
        { notify: ['ops'], wait: '20s' },
        { notify: ['boss'], wait: '10m' },
      ],
    },
    once: { steps: [{ notify: ['ops'], wait: '10m' }] },
  },
};

/** Terminates every saga that is open, as an operator's mistake would. */
async function terminateSagas({ temporalAddress, databaseUrl }: Stack): Promise<void> {
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const client = new Client({ connection });
    for (const { event } of await readRecordedLog(databaseUrl)) {
      if (event.type === 'IncidentOpened')
        await client.workflow.getHandle(event.data.workflowId).terminate('a test');
    }
  } finally {
    await connection.close();
  }
}

async function answers({ address }: OwnServer): Promise<true> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 });
  await connection.close();
  return true;
}

test('a saga that was terminated is started again, goes on with its ladder and repeats no page', async () => {
  await using stack = await startStack({ plan });
  await perform(stack, 'slow', async (t) => {
    const alert = await t.fire('Terminated');
    const first = await t.expectPage('ops', /Terminated/).within(5_000);
    await t.expectEntry('NotificationDelivered').within(5_000);
    await terminateSagas(stack);
    const second = await t.expectPage('boss', /Terminated/).within(40_000);
    expect(second.incidentId).toBe(first.incidentId);
    expect(await t.command('acknowledge')).toMatchObject({ status: 200 });
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(10_000);
  });
  await finish(stack);
});

test('Temporal is killed and comes back with its database: the ladder goes on', async () => {
  await using temporal = await startOwnTemporal();
  await using stack = await startStack({ plan, temporalAddress: temporal.address });
  await perform(stack, 'slow', async (t) => {
    const before = await t.fire('Before');
    const { incidentId } = await t.expectPage('ops', /Before/).within(5_000);
    await t.expectEntry('NotificationDelivered').within(5_000);
    await temporal.kill();
    const during = await t.fire('During');
    await temporal.restart();
    await eventually(() => answers(temporal), 20_000);
    await t.expectPage('ops', /During/).within(40_000);
    expect((await t.expectPage('boss', /Before/).within(40_000)).incidentId).toBe(incidentId);
    await t.clear(before);
    await t.clear(during);
    await t.expectResolvedIncidents(2).within(40_000);
  });
  await finish(stack);
});

test('Temporal loses everything: the open incident is taken up again under its id, and no page is repeated', async () => {
  await using temporal = await startOwnTemporal();
  await using stack = await startStack({ plan, temporalAddress: temporal.address });
  await perform(stack, 'slow', async (t) => {
    const alert = await t.fire('Forgotten');
    const { incidentId } = await t.expectPage('ops', /Forgotten/).within(5_000);
    await t.expectEntry('NotificationDelivered').within(5_000);
    await temporal.kill();
    await temporal.restart({ afresh: true });
    const second = await t.expectPage('boss', /Forgotten/).within(60_000);
    expect(second.incidentId).toBe(incidentId);
    expect(await t.command('acknowledge')).toMatchObject({ status: 200 });
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(20_000);
    expect(await t.incidents()).toHaveLength(1);
  });
  await finish(stack);
});
