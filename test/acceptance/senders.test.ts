import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { findProgram } from '../support/alertmanager-process.ts';
import { perform, useStack } from '../support/perform.ts';
import type { RoutePlan } from '../support/stack-plan.ts';

const run = promisify(execFile);
const once: RoutePlan = { steps: [{ notify: ['ops'], wait: '10m' }] };
/** PagerDuty's events have no labels of their own, but a group. */
const byGroup: RoutePlan = { ...once, by: 'group' };
const keys = {
  grafana: 'grafana-key-of-the-test',
  pagerduty: 'pagerduty-key-of-the-test',
  events: 'events-key-of-the-test',
  scripts: 'scripts-key-of-the-test',
  prometheus: 'prometheus-key-of-the-test',
};
const grafanaSecret = 'grafana-secret-of-the-test';

const stack = useStack({
  routes: {
    grafana: once,
    pagerduty: byGroup,
    acknowledged: byGroup,
    events: once,
    scripts: once,
    expires: once,
    amtool: once,
  },
  sources: [
    {
      name: 'grafana',
      type: 'grafana',
      key: keys.grafana,
      signature: { secret: grafanaSecret, header: 'X-Grafana-Alerting-Signature' },
    },
    { name: 'pagerduty', type: 'pagerduty', key: keys.pagerduty },
    { name: 'events', type: 'cloudevents', key: keys.events },
    {
      name: 'scripts',
      type: 'generic',
      key: keys.scripts,
      mapping: {
        alerts: '/items',
        status: { path: '/state', firing: ['down'], resolved: ['up'] },
        severity: { path: '/prio', values: { P1: 'critical' } },
        fingerprint: ['/id'],
        labels: { route: '/area', alertname: '/check' },
        annotations: { summary: '/text' },
      },
    },
    { name: 'prometheus', type: 'alertmanager', key: keys.prometheus, resolve_timeout: '3s' },
  ],
});

const routeOf = (name: string) => `${name}-${stack().suffix}`;

async function post(path: string, body: object | string, headers: Record<string, string> = {}) {
  const response = await fetch(`${stack().url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as object) };
}

test('grafana: a signed request pages, one with a wrong signature is refused', () =>
  perform(stack(), 'grafana', async (t) => {
    const send = (status: 'firing' | 'resolved', secret = grafanaSecret) => {
      const labels = { alertname: 'Latency', route: routeOf('grafana'), severity: 'critical' };
      const alert = {
        status,
        labels,
        annotations: { summary: 'checkout is slow' },
        startsAt,
        endsAt: startsAt,
      };
      const body = JSON.stringify({ version: '1', orgId: 1, status, state: 'alerting', alerts: [alert] });
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      return post(`/v1/sources/${keys.grafana}`, body, { 'X-Grafana-Alerting-Signature': signature });
    };
    const startsAt = new Date().toISOString();
    expect(await send('firing', 'another secret')).toMatchObject({
      status: 401,
      body: { code: 'invalid_signature' },
    });
    expect(await send('firing')).toMatchObject({ status: 202, body: { accepted: 1 } });
    await t.expectPage('ops', /checkout is slow/).within(5_000);
    expect((await send('resolved')).status).toBe(202);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

function pagerdutyEvent(route: string, event_action: string, dedup_key?: string) {
  const payload = {
    summary: 'disk is full',
    source: 'db-1',
    severity: 'critical',
    class: 'Disk',
    group: routeOf(route),
  };
  return { routing_key: keys.pagerduty, event_action, ...(dedup_key && { dedup_key }), payload };
}

test('pagerduty: a trigger pages under the key that it was given, a repeat does not, and a resolve ends it', () =>
  perform(stack(), 'pagerduty', async (t) => {
    const first = await post('/v2/enqueue', pagerdutyEvent('pagerduty', 'trigger'));
    expect(first).toMatchObject({ status: 202, body: { status: 'success', message: 'Event processed' } });
    const { dedup_key } = first.body as { dedup_key: string };
    await t.expectPage('ops', /disk is full/).within(5_000);
    expect((await post('/v2/enqueue', pagerdutyEvent('pagerduty', 'trigger', dedup_key))).status).toBe(202);
    await t.letTimePass();
    t.expectNoMorePages();
    expect(
      (await post('/v2/enqueue', { routing_key: keys.pagerduty, event_action: 'resolve', dedup_key })).status,
    ).toBe(202);
    await t.expectEntry('IncidentResolved').within(5_000);
    const change = { routing_key: keys.pagerduty, payload: { summary: 'deployed', source: 'ci' } };
    expect((await post('/v2/change/enqueue', change)).status).toBe(202);
  }));

test('pagerduty: an acknowledge reaches the running saga', () =>
  perform(stack(), 'acknowledged', async (t) => {
    const dedup_key = routeOf('acknowledged');
    await post('/v2/enqueue', pagerdutyEvent('acknowledged', 'trigger', dedup_key));
    await t.expectPage('ops', /disk is full/).within(5_000);
    const acknowledge = { routing_key: keys.pagerduty, event_action: 'acknowledge', dedup_key };
    expect((await post('/v2/enqueue', acknowledge)).status).toBe(202);
    const entry = await t.expectEntry('IncidentAcknowledged').within(5_000);
    expect(entry).toMatchObject({ actor: 'pagerduty' });
    expect(await t.incident()).toMatchObject({ state: 'acknowledged' });
    await post('/v2/enqueue', { ...acknowledge, event_action: 'resolve' });
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('cloudevents: a structured event pages, a binary one ends it, and the handshake is answered', () =>
  perform(stack(), 'events', async (t) => {
    const handshake = await fetch(`${stack().url}/v1/sources/${keys.events}`, {
      method: 'OPTIONS',
      headers: { 'WebHook-Request-Origin': 'events.example.org' },
    });
    expect(handshake.headers.get('WebHook-Allowed-Origin')).not.toBeNull();
    const event = { specversion: '1.0', source: '/hall-3', subject: routeOf('events') };
    const data = { title: 'too warm', severity: 'critical', labels: { route: routeOf('events') } };
    const structured = { ...event, id: '1', type: 'store.warm', time: new Date().toISOString(), data };
    const type = { 'content-type': 'application/cloudevents+json' };
    expect((await post(`/v1/sources/${keys.events}`, structured, type)).status).toBe(202);
    await t.expectPage('ops', /too warm/).within(5_000);
    const binary = {
      'ce-specversion': '1.0',
      'ce-id': '2',
      'ce-source': event.source,
      'ce-type': 'store.cold',
      'ce-subject': event.subject,
      'ce-time': new Date().toISOString(),
    };
    expect((await post(`/v1/sources/${keys.events}`, { status: 'resolved' }, binary)).status).toBe(202);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('generic: a body of its own shape pages by its mapping', () =>
  perform(stack(), 'scripts', async (t) => {
    const item = {
      id: 'job-7',
      area: routeOf('scripts'),
      check: 'Backup',
      prio: 'p1',
      text: 'the backup failed',
    };
    const send = (state: string) => post(`/v1/sources/${keys.scripts}`, { items: [{ ...item, state }] });
    expect(await send('down')).toMatchObject({ status: 202, body: { accepted: 1 } });
    await t.expectPage('ops', /the backup failed/).within(5_000);
    expect(await send('up')).toMatchObject({ status: 202, body: { accepted: 1 } });
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('alertmanager’s API: what is repeated fires on, and what is not repeated resolves by itself', () =>
  perform(stack(), 'expires', async (t) => {
    const labels = { alertname: 'Down', route: routeOf('expires'), severity: 'critical' };
    const startsAt = new Date().toISOString();
    const send = () => post(`/v1/sources/${keys.prometheus}/api/v2/alerts`, [{ labels, startsAt }]);
    const authorization = `Bearer ${keys.prometheus}`;
    expect((await post('/api/v2/alerts', [{ labels, startsAt }], { authorization })).status).toBe(200);
    await t.expectPage('ops', /Down/).within(5_000);
    const repeats = setInterval(() => void send(), 700);
    await t.letTimePass();
    await t.letTimePass();
    await t.letTimePass(); // longer than the 3 s after which a silent sender's alert is over
    expect(await t.incident()).toMatchObject({ state: 'open' });
    clearInterval(repeats);
    await t.expectEntry('IncidentResolved').within(10_000);
  }));

const amtool = findProgram('amtool');
if (amtool === undefined) process.stderr.write('no amtool on PATH: its test is skipped\n');

test.skipIf(amtool === undefined)('amtool alert add pages', () =>
  perform(stack(), 'amtool', async (t) => {
    const server = `--alertmanager.url=${stack().url}/v1/sources/${keys.prometheus}`;
    const labels = [`alertname=Manual`, `route=${routeOf('amtool')}`, 'severity=critical'];
    await run(amtool ?? '', ['alert', 'add', server, ...labels, '--annotation=summary=by hand']);
    await t.expectPage('ops', /by hand/).within(5_000);
    await t.expectEntry('IncidentResolved').within(10_000);
  }),
);
