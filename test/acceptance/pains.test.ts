import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { perform, useStack } from '../support/perform.ts';

// What users of on-call tools complain of most, each as a test that fails where tocsin does it too.

const stack = useStack({
  channels: { chat: 'slack' },
  routes: {
    stopped: {
      policy: { on_exhausted: ['channel:ops'] },
      steps: [
        { notify: ['schedule:vacant'], wait: '300ms' },
        { notify: ['user:amy'], wait: '300ms' },
      ],
    },
    answered: {
      repeat: 3,
      steps: [
        { notify: ['user:amy', 'ops'], wait: '300ms' },
        { notify: ['user:bo'], wait: '300ms' },
      ],
    },
    forgotten: { policy: { ack_timeout: '600ms' }, steps: [{ notify: ['ops'], wait: '10m' }] },
    limited: { steps: [{ notify: ['chat', 'ops'], wait: '10m' }] },
    failed: {
      steps: [
        { notify: ['broken'], wait: '10m' },
        { notify: ['ops'], wait: '10m' },
      ],
    },
  },
  more: (_own, contact) => ({
    users: {
      amy: {
        timezone: 'Europe/Berlin',
        contacts: { phone: contact('amy-phone'), mail: contact('amy-mail') },
        rules: {
          high: [{ contact: 'phone' }, { contact: 'mail', after: '400ms' }],
          low: [{ contact: 'mail' }],
        },
      },
      bo: { timezone: 'America/New_York', contacts: { phone: contact('bo-phone') } },
    },
    schedules: {
      vacant: {
        timezone: 'Europe/Berlin',
        layers: [{ users: ['amy'], rotation: 'weekly', start: '2020-01-06T09:00', end: '2020-02-03T09:00' }],
      },
      primary: {
        timezone: 'Europe/Berlin',
        layers: [{ users: ['amy', 'bo'], rotation: 'daily', start: '2026-01-05T09:00' }],
      },
    },
  }),
});

test('an escalation never stops in silence: nobody on call and nobody answering both page the fallback', () =>
  perform(stack(), 'stopped', async (t) => {
    const alert = await t.fire('DiskFull');
    const first = await t.expectPage('ops', /nobody is on call in vacant/).within(5_000);
    const amy = await t.expectPage('amy-phone', /DiskFull/).within(5_000);
    expect(amy.receivedAtMs).toBeGreaterThanOrEqual(first.receivedAtMs);
    await t.expectPage('ops', /DiskFull/).within(5_000);
    await t.expectPage('amy-mail', /DiskFull/).within(5_000);
    await t.expectEntry('EscalationExhausted').within(5_000);
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('nobody is paged after the acknowledgement, by no contact and no later step', () =>
  perform(stack(), 'answered', async (t) => {
    const alert = await t.fire('DiskFull');
    await t.expectPage('ops', /DiskFull/).within(5_000);
    await t.expectPage('amy-phone', /DiskFull/).within(5_000);
    expect(await t.command('acknowledge')).toMatchObject({ status: 200 });
    await t.letTimePass();
    t.expectNoMorePages();
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('a forgotten acknowledgement ends, and the escalation begins anew', () =>
  perform(stack(), 'forgotten', async (t) => {
    const alert = await t.fire('DiskFull');
    await t.expectPage('ops', /DiskFull/).within(5_000);
    const acknowledgedMs = Date.now();
    expect(await t.command('acknowledge')).toMatchObject({ status: 200 });
    const again = await t.expectPage('ops', /"round":1/).within(5_000);
    expect(again.receivedAtMs - acknowledgedMs).toBeGreaterThanOrEqual(550);
    expect((await t.expectEntry('AcknowledgementExpired').within(5_000)).at).toBeDefined();
    await eventually(async () => ((await t.incident()).state === 'open' ? true : undefined), 5_000);
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('one rate-limited provider delays nobody else', () =>
  perform(stack(), 'limited', async (t, { wire }) => {
    wire.slack.always(() => ({
      status: 429,
      headers: { 'retry-after': '30' },
      body: '{"ok":false,"error":"ratelimited"}',
    }));
    const sentMs = Date.now();
    const alert = await t.fire('DiskFull');
    const page = await t.expectPage('ops', /DiskFull/).within(5_000);
    expect(page.receivedAtMs - sentMs).toBeLessThan(2_000);
    await t.expectPage('chat', /DiskFull/).within(5_000); // what Slack was asked, and did not take
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('schedules hand over at the same local time before and after the clocks change', async () => {
  const whoAt = async (at: string) => {
    const path = `/v1/oncall?schedule=primary&at=${encodeURIComponent(at)}`;
    const { items } = await stack().api.get<{ items: { user: string }[] }>(path);
    return items[0]?.user;
  };
  // Berlin leaves summer time on 25 October 2026: 09:00 is 07:00 UTC on the day before and 08:00 on the day itself
  const [before, after] = [await whoAt('2026-10-24T06:59:00Z'), await whoAt('2026-10-24T07:00:00Z')];
  expect(new Set([before, after])).toEqual(new Set(['amy', 'bo']));
  expect(await whoAt('2026-10-25T07:59:00Z')).toBe(after);
  expect(await whoAt('2026-10-25T08:00:00Z')).toBe(before);
});

test('a page that failed is heard of: the next step comes at once and the dead letter is listed', () =>
  perform(stack(), 'failed', async (t, { wire, api }) => {
    wire.webhook.always(({ path }) => (path === '/broken' ? { status: 400 } : undefined));
    const sentMs = Date.now();
    const alert = await t.fire('DiskFull');
    const page = await t.expectPage('ops', /DiskFull/).within(5_000);
    expect(page.receivedAtMs - sentMs).toBeLessThan(3_000);
    await t.expectEntry('NotificationDeadLettered').within(5_000);
    const dead = await eventually(async () => {
      const path = `/v1/deliveries?state=dead&incident=${t.incidentId}`;
      const { items } = await api.get<{ items: { channel: string; reason: string }[] }>(path);
      return items[0];
    }, 5_000);
    expect(dead).toMatchObject({ channel: 'broken', reason: expect.stringContaining('400') });
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));
