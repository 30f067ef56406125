import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { perform, useStack } from '../support/perform.ts';

const stack = useStack({
  channels: { chat: 'slack', mailbox: 'webhook with updates' },
  routes: {
    ladder: {
      steps: [
        { notify: ['ops'], wait: '400ms' },
        { notify: ['boss'], wait: '800ms' },
      ],
    },
    both: { steps: [{ notify: ['chat', 'mailbox'], wait: '800ms' }] },
    rounds: {
      repeat: 1,
      steps: [
        { notify: ['ops'], wait: '250ms' },
        { notify: ['boss'], wait: '250ms' },
      ],
    },
    group: { steps: [{ notify: ['ops'], wait: '10m' }] },
    rising: { steps: [{ notify: ['ops'], wait: '10m' }] },
    again: { steps: [{ notify: ['ops'], wait: '10m' }] },
  },
});

test('a firing alert pages, escalates, falls silent when acknowledged, and resolves when it clears', () =>
  perform(stack(), 'ladder', async (t) => {
    const alert = await t.fire('DiskFull', { summary: 'disk of db-1 is full' });
    await t.expectPage('ops', /disk of db-1 is full/).within(5_000);
    const second = await t.expectPage('boss', /disk of db-1 is full/).within(5_000);
    expect(second.receivedAtMs).toBeGreaterThanOrEqual(Date.parse(alert.startsAt) + 400);

    expect(await t.command('acknowledge')).toMatchObject({ status: 200, body: { state: 'acknowledged' } });
    await t.letTimePass();
    expect(await t.incident()).toMatchObject({ state: 'acknowledged' });
    t.expectNoMorePages();

    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
    const items = await t.history();
    const kinds = items.map(({ kind }) => kind).filter((kind) => !kind.startsWith('Notification'));
    expect(kinds).toEqual([
      'IncidentOpened',
      'AlertsAttached',
      'StepStarted',
      'DeliveryAttempted',
      'StepStarted',
      'DeliveryAttempted',
      'IncidentAcknowledged',
      'AlertsCleared',
      'IncidentResolved',
    ]);
    const times = items.map(({ at }) => Date.parse(at));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Date.parse(alert.startsAt)).toBeLessThanOrEqual(times[0] ?? 0);
    expect(items.find(({ kind }) => kind === 'IncidentAcknowledged')).toMatchObject({ actor: 'amy' });
  }));

test('two channels: the Slack message is edited in place, the webhook that asked for it hears of each change', () =>
  perform(stack(), 'both', async (t, { wire }) => {
    const alert = await t.fire('Latency');
    const { key } = await t.expectPage('chat', /Latency/).within(5_000);
    await t.expectPage('mailbox', /Latency/).within(5_000);
    const message = () =>
      wire.slack.posts().filter(({ blockText }) => blockText.includes(alert.labels.route ?? '?'));
    expect(message()).toMatchObject([{ key, edits: 0 }]);

    await t.command('acknowledge');
    await t.expectUpdate('chat', /ACKNOWLEDGED by amy/).within(5_000);
    await t.expectUpdate('mailbox', /"state":"acknowledged"/).within(5_000);
    expect(message()).toMatchObject([{ edits: 1, text: expect.stringContaining('ACKNOWLEDGED by amy') }]);

    await t.clear(alert);
    await t.expectResolved('chat', /RESOLVED/).within(5_000);
    await t.expectResolved('mailbox', /"state":"resolved"/).within(5_000);
    expect(message()).toMatchObject([{ edits: 2, text: expect.stringContaining('RESOLVED') }]);
  }));

test('repeats its rounds as often as the policy says, then says that it is exhausted', () =>
  perform(stack(), 'rounds', async (t) => {
    const alert = await t.fire('Queue');
    const keys = new Set<string>();
    for (const channel of ['ops', 'boss', 'ops', 'boss'])
      keys.add((await t.expectPage(channel, /Queue/).within(5_000)).key);
    expect(keys.size).toBe(4);
    await t.expectEntry('EscalationExhausted').within(5_000);
    await t.letTimePass();
    t.expectNoMorePages();
    await eventually(async () => ((await t.incident()).escalation?.exhausted ? true : undefined), 5_000);
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('alerts of one group share an incident, which resolves when the last of them clears', () =>
  perform(stack(), 'group', async (t) => {
    const alerts = [];
    for (const instance of ['web-1', 'web-2', 'web-3']) alerts.push(await t.fire('Down', { instance }));
    await t.expectPage('ops', /Down on web-1/).within(5_000);
    await eventually(async () => ((await t.incident()).alertCount === 3 ? true : undefined), 5_000);
    const [last, ...others] = alerts.reverse();
    for (const alert of others) await t.clear(alert);
    await t.expectEntry('AlertsCleared').within(5_000);
    await t.letTimePass();
    expect(await t.incident()).toMatchObject({ state: 'open' });
    if (last !== undefined) await t.clear(last);
    await t.expectEntry('IncidentResolved').within(5_000);
    expect(await t.incidents()).toHaveLength(1);
  }));

test('a higher severity ends an acknowledgement', () =>
  perform(stack(), 'rising', async (t) => {
    const warning = await t.fire('Load', { severity: 'warning', instance: 'a' });
    await t.expectPage('ops', /"severity":"warning"/).within(5_000);
    await t.command('acknowledge');
    const equal = await t.fire('Load', { severity: 'warning', instance: 'b' });
    await t.expectEntry('AlertsAttached', 2).within(5_000);
    expect(await t.incident()).toMatchObject({ state: 'acknowledged' });

    const critical = await t.fire('Load', { severity: 'critical', instance: 'c' });
    await t.expectPage('ops', /"severity":"critical"/).within(5_000);
    expect((await t.expectEntry('StepStarted', 2).within(5_000)).facts).toMatchObject({
      reason: 'severity_raised',
    });
    for (const alert of [warning, equal, critical]) await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('an alert that fires anew after it cleared opens an incident of its own', () =>
  perform(stack(), 'again', async (t) => {
    const first = await t.fire('Flap');
    const { incidentId } = await t.expectPage('ops', /Flap/).within(5_000);
    await t.clear(first);
    await t.expectEntry('IncidentResolved').within(5_000);
    const second = await t.fire('Flap');
    expect((await t.expectPage('ops', /Flap/).within(5_000)).incidentId).not.toBe(incidentId);
    await t.clear(second);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));
