import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import { aNotification, anAlertSample, aSendContext } from '../../test/support/a-notification.ts';
import { createFakePagerduty, type FakePagerduty } from '../../test/support/fake-pagerduty.ts';
import { describeNotifierContract } from '../contract.ts';
import { createGuardedHttpClient, type GuardedHttpClient } from '../http/guarded-http-client.ts';
import { createPagerdutyNotifier } from './pagerduty-notifier.ts';

const incidentUrlOf = (id: string) => `https://tocsin.example/v1/incidents/${id}`;
const { id } = aNotification().incident;

describeNotifierContract({
  name: 'pagerduty',
  serve: async (canary) => {
    const pagerduty = await createFakePagerduty({ routingKeys: [canary] });
    return {
      ...pagerduty,
      keyOf: ({ body }) => JSON.parse(body).payload.custom_details.notification,
      accepted: { status: 202, body: JSON.stringify({ status: 'success', message: 'Event processed' }) },
      statusIsEnough: false,
    };
  },
  create: ({ http, now, served, canary }) =>
    createPagerdutyNotifier({
      name: 'pd',
      routingKey: canary,
      apiUrl: served?.server.url ?? '',
      onUnknown: 'resend',
      http,
      now,
      incidentUrlOf,
    }),
});

describe('pagerduty notifier', () => {
  const routingKey = 'R'.repeat(32);
  let pagerduty: FakePagerduty;
  let http: GuardedHttpClient;

  beforeEach(async () => {
    pagerduty = await createFakePagerduty({ routingKeys: [routingKey] });
    http = createGuardedHttpClient({ allowPrivate: ['127.0.0.1'] });
  });
  afterEach(async () => {
    http.close();
    await pagerduty.close();
  });

  function send(request: NotificationRequest = aNotification(), key = routingKey) {
    const notifier = createPagerdutyNotifier({
      name: 'pd',
      routingKey: key,
      apiUrl: `${pagerduty.apiUrl}/`,
      onUnknown: 'resend',
      http,
      now: Date.now,
      incidentUrlOf,
    });
    return notifier.send(request, aSendContext());
  }

  it('opens one alert for an incident, however often it pages', async () => {
    expect(await send()).toEqual({ outcome: 'delivered', providerId: id, status: 202 });
    await send(aNotification({ key: 'k2', round: 1 }));
    expect(pagerduty.alerts()).toMatchObject([
      {
        dedupKey: id,
        state: 'triggered',
        severity: 'critical',
        summaries: ['disk full on db1', 'disk full on db1'],
        details: { labels: { cluster: 'eu-1' }, alert_count: 1 },
      },
    ]);
  });

  it('links to the incident and to the source of its alert', async () => {
    const alerts = [anAlertSample({ generatorUrl: 'https://prometheus.example/graph?g0=1' })];
    await send(aNotification({ alerts }));
    expect(JSON.parse(pagerduty.requests[0]?.body ?? '')).toMatchObject({
      links: [{ href: incidentUrlOf(id) }, { href: 'https://prometheus.example/graph?g0=1' }],
      client_url: incidentUrlOf(id),
    });
  });

  it.each(['javascript:alert(1)', 'https://', 'nonsense'])('makes no link of %s', async (generatorUrl) => {
    await send(aNotification({ alerts: [anAlertSample({ generatorUrl })] }));
    expect(JSON.parse(pagerduty.requests[0]?.body ?? '').links).toHaveLength(1);
  });

  it.each([
    [{ kind: 'update', incident: { state: 'acknowledged' } }, 'acknowledged'],
    [{ kind: 'update', incident: { state: 'snoozed' } }, 'acknowledged'],
    [{ kind: 'update', incident: { state: 'open' } }, 'triggered'],
    [{ kind: 'reminder', incident: { state: 'acknowledged' } }, 'triggered'],
    [{ kind: 'resolved', incident: { state: 'resolved' } }, 'resolved'],
    [{ kind: 'undo' }, 'resolved'],
  ] as const)('leaves its alert after %o as %s', async (change, state) => {
    await send();
    expect(await send(aNotification({ ...change, key: 'k2', by: 'amy' }))).toMatchObject({ providerId: id });
    expect(pagerduty.alerts()).toMatchObject([{ dedupKey: id, state }]);
  });

  it('can take back a page that never arrived', async () => {
    expect(await send(aNotification({ kind: 'undo' }))).toMatchObject({ outcome: 'delivered' });
    expect(pagerduty.alerts()).toEqual([]);
  });

  it('tests under a key of its own, so that no incident is touched', async () => {
    await send();
    await send(aNotification({ kind: 'test', key: 'k-test' }));
    await send(aNotification({ kind: 'resolved' }));
    expect(pagerduty.alerts()).toMatchObject([
      { dedupKey: id, state: 'resolved' },
      { dedupKey: 'k-test', state: 'triggered', summaries: ['TEST: disk full on db1'] },
    ]);
  });

  it('stays within 512 KB, and keeps the count', async () => {
    const long = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`label${index}`, '\u0001'.repeat(4_000)]),
    );
    const alerts = Array(20).fill(
      anAlertSample({ annotations: { d: '\u0001'.repeat(8_000) }, labels: long }),
    );
    const incident = { labels: long, alertCount: 700, title: '\u0001'.repeat(5_000) };
    expect(await send(aNotification({ alerts, incident }))).toMatchObject({ outcome: 'delivered' });
    expect(pagerduty.alerts()).toMatchObject([{ details: { alert_count: 700 } }]);
  });

  it('shows hostile text as it is', async () => {
    const title = '\u001b[2J<script>\r\nfake';
    await send(aNotification({ incident: { title } }));
    expect(pagerduty.alerts()[0]?.summaries).toEqual(['\\u{1b}[2J<script> fake']);
  });

  it('is rejected with the words of PagerDuty', async () => {
    const reason = "pagerduty: 'routing_key' is invalid";
    expect(await send(aNotification(), 'X'.repeat(32))).toEqual({ outcome: 'rejected', reason, status: 400 });
  });

  it('repeats no routing key that an error names', async () => {
    pagerduty.next({ status: 400, body: JSON.stringify({ errors: [`no ${routingKey}`] }) });
    expect(await send()).toEqual({ outcome: 'rejected', reason: 'answered 400', status: 400 });
  });

  it('does not take 200 for 202 unless the body says so', async () => {
    pagerduty.next(
      { status: 200, body: '<html>welcome</html>' },
      { status: 200, body: '{"status":"success"}' },
    );
    expect(await send()).toMatchObject({ outcome: 'unknown' });
    expect(await send()).toMatchObject({ outcome: 'delivered' });
  });

  it('takes 202 for what it says, whatever follows', async () => {
    pagerduty.next({ status: 202, body: 'broken {' });
    expect(await send()).toMatchObject({ outcome: 'delivered' });
  });
});
