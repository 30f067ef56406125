import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TocsinConfig } from '../config/config.ts';
import { loadValid } from '../config/testing/load-fixture.ts';
import { errorCodeOf } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { parseMatchers } from '../domain/matcher/parse-matcher.ts';
import { createQuietWorld } from '../domain/suppression/world.ts';
import { createRouteExplainer, type RouteTestRequest } from './route-explainer.ts';

const config: TocsinConfig = {
  ...(await loadValid(`
version: 1
sources:
  - name: prometheus
    type: alertmanager
    key: a-key-of-sixteen-or-more
    processors:
      - add_labels: { team: db }
      - sample: { match: ['severity="info"'], keep: 0 }
      - limit: { match: ['severity="warning"'], alerts: 1, per: 1h, by: [] }
  - { name: pager, type: pagerduty, key: b-key-of-sixteen-or-more }
  - { name: events, type: cloudevents, key: c-key-of-sixteen-or-more }
  - { name: grafana, type: grafana, key: e-key-of-sixteen-or-more }
  - { name: shop, type: generic, key: f-key-of-sixteen-or-more }
  - { name: elsewhere, type: alertmanager, tenant: other, key: d-key-of-sixteen-or-more }
time_intervals:
  nights: { timezone: UTC, intervals: [{ times: ["22:00-24:00"] }] }
routes:
  - name: db
    match: [team=db]
    policy: chat
    group_by: [cluster]
    group_wait: 10s
    routes:
      - { name: db-nightly, match: [job=backup], mute: [nights], policy: chat }
  - { name: rest, policy: wake }
policies:
  chat: { steps: [{ notify: [channel:ops], wait: 5m }] }
  wake: { repeat: 1, steps: [{ notify: [channel:ops], wait: 30s }, { notify: [channel:boss, channel:ops], wait: 5m }] }
channels: { ops: { type: console }, boss: { type: console } }
`)),
  version: 7,
};
const atMs = Date.parse('2026-01-05T22:30:00Z');

function explain(request: Omit<RouteTestRequest, 'tenant'>, world = createQuietWorld()) {
  return createRouteExplainer({ config: () => config, world, now: () => atMs }).explain({
    tenant: 'default',
    ...request,
  });
}

test('explains an alert from its labels alone', () => {
  expect(explain({ labels: { alertname: 'Down', severity: 'critical' } })).toEqual({
    configVersion: 7,
    at: '2026-01-05T22:30:00.000Z',
    alerts: [
      {
        index: 0,
        status: 'firing',
        severity: 'critical',
        fingerprint: expect.any(String),
        labels: { alertname: 'Down', severity: 'critical' },
        flags: [],
        dropped: null,
        incidents: [
          {
            route: 'rest',
            path: [{ route: 'rest', match: [] }],
            groupBy: [],
            groupLabels: {},
            groupWait: '0s',
            workflowId: expect.stringMatching(/^incident\/default\/rest\//),
            quieting: [],
            pages: true,
            policy: {
              name: 'wake',
              repeat: 1,
              steps: [
                {
                  step: 0,
                  after: '0s',
                  wait: '30s',
                  notify: [{ target: 'channel:ops', provider: 'console' }],
                },
                {
                  step: 1,
                  after: '30s',
                  wait: '5m',
                  notify: [
                    { target: 'channel:boss', provider: 'console' },
                    { target: 'channel:ops', provider: 'console' },
                  ],
                },
              ],
            },
          },
        ],
      },
    ],
    rejected: [],
    omitted: 0,
  });
});

test('lets the processors of the source work first', () => {
  const labels = { alertname: 'Down', cluster: 'eu' };
  const [alert] = explain({ labels, source: 'prometheus' }).alerts;
  expect(alert?.labels).toMatchObject({ team: 'db' });
  expect(alert?.incidents).toMatchObject([
    { route: 'db', groupLabels: { cluster: 'eu' }, groupWait: '10s', policy: { steps: [{ after: '10s' }] } },
  ]);
});

test('tells that a processor would drop an alert', () => {
  const [alert] = explain({ labels: { severity: 'info' }, source: 'prometheus' }).alerts;
  expect(alert).toMatchObject({ dropped: 'sampled', incidents: [] });
});

test('leaves no trace: asking often changes no answer', () => {
  const explainer = createRouteExplainer({
    config: () => config,
    world: createQuietWorld(),
    now: () => atMs,
  });
  const request = { tenant: 'default', labels: { severity: 'warning' }, source: 'prometheus' };
  const first = explainer.explain(request);
  expect(first.alerts[0]?.dropped).toBeNull();
  expect(explainer.explain(request)).toEqual(first);
});

test('tells what would quiet it, then and at another time', () => {
  const labels = { alertname: 'Slow', team: 'db', job: 'backup' };
  const quieting = [{ kind: 'mute', rule: 'nights', configVersion: 7, until: '2026-01-06T00:00:00.000Z' }];
  expect(explain({ labels }).alerts[0]?.incidents).toMatchObject([
    {
      route: 'db-nightly',
      path: [
        { route: 'db', match: ['team="db"'] },
        { route: 'db-nightly', match: ['job="backup"'] },
      ],
      quieting,
      pages: false,
    },
  ]);
  const atNoon = explain({ labels, atMs: Date.parse('2026-01-05T12:00:00Z') });
  expect(atNoon.alerts[0]?.incidents).toMatchObject([{ route: 'db-nightly', quieting: [], pages: true }]);
});

test('knows the silences of the tenant', () => {
  const world = createQuietWorld();
  const silence = {
    id: '6f1d3c1e-0c7b-4c0e-9a55-d1a7b8e2f407',
    tenant: 'default',
    matchers: parseMatchers('alertname=Down'),
    startsAt: '2026-01-05T22:00:00.000Z',
    endsAt: '2026-01-05T23:00:00.000Z',
    createdBy: 'amy',
    comment: 'known',
  };
  world.silences.apply('silence-1', 0, { status: 'known', silence });
  const [alert] = explain({ labels: { alertname: 'Down' } }, world).alerts;
  expect(alert?.incidents).toMatchObject([
    { pages: false, quieting: [{ kind: 'silence', rule: silence.id, until: silence.endsAt }] },
  ]);
});

test('reads a payload in the format of its source', () => {
  const firing = { status: 'firing', labels: { alertname: 'Down' }, startsAt: '2026-01-05T22:00:00Z' };
  const resolved = { ...firing, status: 'resolved', endsAt: '2026-01-05T22:10:00Z' };
  const answer = explain({
    source: 'prometheus',
    payload: { version: '4', alerts: [firing, { status: 'x' }, resolved] },
  });
  expect(answer.alerts.map(({ index, status }) => [index, status])).toEqual([
    [0, 'firing'],
    [2, 'resolved'],
  ]);
  expect(answer.alerts.map(({ incidents }) => incidents.map(({ pages }) => pages))).toEqual([
    [true],
    [false],
  ]);
  expect(answer.rejected).toMatchObject([{ index: 1 }]);
});

test("reads what Prometheus itself sends to an Alertmanager's API", () => {
  const answer = explain({ source: 'prometheus', payload: [{ labels: { alertname: 'Down' } }] });
  expect(answer.alerts).toMatchObject([{ labels: { alertname: 'Down' }, incidents: [{ route: 'db' }] }]);
});

test('says that a command without labels goes where its alert went', () => {
  const payload = { routing_key: 'x', event_action: 'resolve', dedup_key: 'k' };
  const answer = explain({ source: 'pager', payload });
  expect(answer).toMatchObject({
    alerts: [],
    rejected: [{ index: 0, reason: expect.stringMatching(/^clear names/) }],
  });
});

test('explains the first of very many alerts, and says how many more there are', () => {
  const alerts = Array.from({ length: limits.maxExplainedAlerts + 3 }, (_, index) => ({
    labels: { n: String(index) },
  }));
  const answer = explain({ source: 'prometheus', payload: alerts });
  expect([answer.alerts.length, answer.omitted]).toEqual([limits.maxExplainedAlerts, 3]);
});

test.each([
  ['neither labels nor a payload', {}, '/labels'],
  ['both', { labels: {}, payload: {}, source: 'prometheus' }, '/payload'],
  ['a payload of nobody', { payload: {} }, '/source'],
  ['a source that does not exist', { labels: {}, source: 'nobody' }, '/source'],
  ["another tenant's source", { payload: {}, source: 'elsewhere' }, '/source'],
])('refuses %s', (_, request, path) => {
  expect(() => explain(request)).toThrow(expect.objectContaining({ code: 'invalid_command', path }));
});

test('refuses a payload that is nothing of its source', () => {
  expect(() => explain({ source: 'prometheus', payload: 'hello' })).toThrow(
    expect.objectContaining({ code: 'invalid_payload' }),
  );
});

test('answers or refuses whatever a payload holds, and never fails', () => {
  const source = fc.constantFrom('prometheus', 'pager', 'events', 'grafana', 'shop');
  const alert = fc.dictionary(fc.constantFrom('labels', 'status', 'startsAt', 'alerts'), fc.jsonValue());
  const payload = fc.oneof(
    fc.jsonValue(),
    alert,
    fc.array(alert),
    fc.record({ version: fc.constant('4'), alerts: fc.array(alert) }),
  );
  const request = fc.oneof(
    fc.record({ source, payload }),
    fc.record({ labels: fc.dictionary(fc.string(), fc.string({ unit: 'binary' })) }),
  );
  const explainer = createRouteExplainer({
    config: () => config,
    world: createQuietWorld(),
    now: () => atMs,
  });
  fc.assert(
    fc.property(request, (asked) => {
      try {
        expect(explainer.explain({ tenant: 'default', ...asked }).configVersion).toBe(7);
      } catch (error) {
        expect(errorCodeOf(error)).not.toBe('internal');
      }
    }),
    { numRuns: 200 },
  );
});
