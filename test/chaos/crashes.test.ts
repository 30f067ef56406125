import { expect, test } from 'vitest';
import { perform, useStack } from '../support/perform.ts';
import type { StackPlan } from '../support/stack-plan.ts';
import { silence } from '../support/wire-answers.ts';

const once = { steps: [{ notify: ['ops'], wait: '10m' }] };
const plan: StackPlan = {
  routes: {
    waiting: {
      steps: [
        { notify: ['ops'], wait: '12s' },
        { notify: ['boss'], wait: '10m' },
      ],
    },
    sending: once,
    burst: once,
    renamed: once,
  },
};
const stack = useStack(plan);

test('a worker killed during a wait: the next step still comes on time', () =>
  perform(stack(), 'waiting', async (t, { worker }) => {
    const alert = await t.fire('Waiting');
    await t.expectPage('ops', /Waiting/).within(5_000);
    await t.expectEntry('NotificationDelivered').within(5_000);
    await worker.kill();
    await worker.start();
    await t.expectPage('boss', /Waiting/).within(20_000);
    const { facts } = await t.expectEntry('StepStarted', 2).within(5_000);
    expect(facts.lateMs).toBeLessThanOrEqual(3_000);
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('a worker killed while it sends: the page goes out again under the same key', () =>
  perform(stack(), 'sending', async (t, { worker, wire, excused }) => {
    wire.webhook.always(silence);
    const alert = await t.fire('Sending');
    const [first] = await t.expectAttempt('ops', 1).within(5_000);
    excused.extraHits += 1;
    await worker.kill();
    wire.webhook.always(undefined);
    await worker.start();
    const taken = await t.expectPage('ops', /Sending/).within(30_000);
    expect(taken.key).toBe(first?.key);
    expect(await t.expectAttempt('ops', 2).within(1_000)).toHaveLength(2);
    await t.expectEntry('DeliveryAttempted', 2).within(5_000);
    const attempts = (await t.history()).filter(({ kind }) => kind === 'DeliveryAttempted');
    expect(attempts.map(({ facts }) => facts.outcome)).toEqual(['unknown', 'delivered']);
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(10_000);
  }));

test('a server killed right after its 202: every page still comes, and comes once', () =>
  perform(stack(), 'burst', async (t, { server, ready }) => {
    // more than may be in flight to Temporal at once, so that some have not left the server yet
    const alerts = Array.from({ length: 60 }, (_, index) => t.anAlert(`Burst${index}`));
    const answer = await t.send(alerts);
    await server.kill();
    expect(answer.status).toBe(202);
    await server.start();
    await ready();
    const patterns = alerts.map(({ summary }) => new RegExp(`"${summary}"`));
    await t.expectPages('ops', patterns).within(30_000);
    await t.send(alerts.map((alert) => ({ ...alert, status: 'resolved' })));
    await t.expectResolvedIncidents(alerts.length).within(30_000);
  }));

test('a route renamed by a restart with another configuration does not orphan its open incident', () =>
  perform(stack(), 'renamed', async (t, { server, reconfigure, ready }) => {
    const alert = await t.fire('Renamed');
    const { incidentId } = await t.expectPage('ops', /Renamed/).within(5_000);
    reconfigure({ ...plan, routes: { ...plan.routes, renamed: { ...once, name: 'other' } } });
    await server.stop();
    await server.start();
    await ready();
    await t.send([alert]);
    await t.letTimePass();
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
    const anew = await t.fire('Renamed');
    expect((await t.expectPage('ops', /Renamed/).within(5_000)).incidentId).not.toBe(incidentId);
    expect((await t.incident()).route).toMatch(/^other-/);
    await t.clear(anew);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));
