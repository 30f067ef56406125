import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { formatMatcher } from '../domain/matcher/matcher.ts';
import type { TocsinConfig } from './config.ts';
import { configWith } from './testing/config-with.ts';
import { load, loadValid } from './testing/load-fixture.ts';

const large = await readFile(new URL('../examples/large.yml', import.meta.url), 'utf8');
const secretOf = (name: string) => `secret-of-${name.toLowerCase().replaceAll('_', '-')}`;
const env = Object.fromEntries(
  [...large.matchAll(/\$\{([A-Z_]+)\}/g)].map(({ 1: name = '' }) => [name, secretOf(name)]),
);

const loadLarge = (change: (text: string) => string = (text) => text) => loadValid(change(large), { env });
const sourceOf = ({ sources }: TocsinConfig, wanted: string) => sources.find(({ name }) => name === wanted);

test('loads the large example without a warning', async () => {
  expect(await load(large, { env })).toMatchObject({ ok: true, warnings: [] });
});

test('builds each kind of source', async () => {
  const config = await loadLarge();
  expect(
    config.sources.map(({ name, type, tenant, validation }) => [name, type, tenant, validation]),
  ).toEqual([
    ['prometheus', 'alertmanager', 'default', 'lenient'],
    ['grafana', 'grafana', 'default', 'coercive'],
    ['pagerduty', 'pagerduty', 'default', 'strict'],
    ['events', 'cloudevents', 'shop', 'lenient'],
    ['shop', 'generic', 'shop', 'lenient'],
  ]);
  const prometheus = sourceOf(config, 'prometheus');
  expect(prometheus).toMatchObject({
    resolveTimeoutMs: 300_000,
    rate: { perSecond: 5_000, burst: 20_000 },
    heartbeat: { everyMs: 300_000, severity: 'critical' },
  });
  expect(prometheus?.heartbeat?.match.map(formatMatcher)).toEqual(['alertname="Watchdog"']);
  expect(sourceOf(config, 'grafana')?.signature).toEqual({
    secrets: ['secret-of-grafana-secret', 'secret-of-grafana-secret-old'],
    header: 'x-grafana-alerting-signature',
    timestampHeader: 'x-grafana-alerting-timestamp',
  });
});

test('builds the mapping of a generic source', async () => {
  const config = await loadLarge();
  expect(sourceOf(config, 'shop')?.mapping).toEqual({
    alerts: ['items'],
    status: ['state'],
    statusValues: { firing: ['down', 'degraded'], resolved: ['up'] },
    severity: ['prio'],
    severityValues: new Map([
      ['p1', 'critical'],
      ['p2', 'error'],
      ['p3', 'warning'],
    ]),
    fingerprint: [['id']],
    startsAt: ['since'],
    endsAt: ['until'],
    url: ['link'],
    allLabels: ['tags'],
    labels: new Map([
      ['service', ['svc', 'name']],
      ['region', ['svc', 'region']],
    ]),
    annotations: new Map([['summary', ['text']]]),
  });
});

test('unescapes JSON pointers as RFC 6901 says', async () => {
  const mapping = 'mapping: { labels: { a: "/a~1b/m~0n/~01/ /é" } }';
  const text = configWith({
    sources: `sources: [{ name: s, type: generic, key: 0123456789abcdef, ${mapping} }]`,
  });
  const [source] = (await loadValid(text)).sources;
  expect(source?.mapping?.labels.get('a')).toEqual(['a/b', 'm~n', '~1', ' ', 'é']);
  expect(source?.mapping?.statusValues).toEqual({ firing: ['firing'], resolved: ['resolved'] });
});

test("puts the processors for all sources before a source's own", async () => {
  const config = await loadLarge();
  const kindsOf = (name: string) => sourceOf(config, name)?.processors.map(({ kind }) => kind);
  const shared = ['add_labels', 'drop_labels', 'map_severity', 'redact', 'sample', 'limit'];
  expect(kindsOf('prometheus')).toEqual(shared);
  expect(kindsOf('shop')).toEqual([...shared, 'rename_label', 'outlier']);
  expect(sourceOf(config, 'shop')?.processors).toMatchObject([
    { labels: { cluster: 'eu-1' } },
    { names: ['pod_template_hash', 'prometheus_replica'] },
    {
      label: 'priority',

      values: new Map([
        ['p1', 'critical'],
        ['p2', 'error'],
      ]),
    },
    { cardNumbers: true, secrets: true, patterns: ['customer-\\d{6,12}'] },
    { match: [{ name: 'severity', operator: '=', value: 'info' }], keep: 0.1 },
    { alerts: 1_000, perMs: 60_000, by: ['alertname'], match: [{ operator: '!=' }] },
    { from: 'env', to: 'environment' },
    { value: 'latency_ms', window: 100, threshold: 3 },
  ]);
});

test('fills in what a processor may leave out', async () => {
  const texts = [
    '{ map_severity: { label: tier, values: { Gold: critical }, otherwise: info } }',
    '{ redact: { secrets: true } }',
    '{ sample: { keep: 0 } }',
    '{ outlier: { value: v } }',
    '{ limit: { alerts: 5, per: 1d } }',
  ];
  const { sources } = await loadValid(configWith({ processors: `processors: [${texts.join(', ')}]` }));
  expect(sources[0]?.processors).toEqual([
    { kind: 'map_severity', label: 'tier', values: new Map([['gold', 'critical']]), otherwise: 'info' },
    { kind: 'redact', cardNumbers: false, secrets: true, patterns: [] },
    { kind: 'sample', match: [], keep: 0 },
    { kind: 'outlier', value: 'v', window: 100, threshold: 3 },
    { kind: 'limit', match: [], alerts: 5, perMs: 86_400_000, by: [] },
  ]);
});

test('hands group_by, group_wait, policy and intervals down to the routes below', async () => {
  const text = configWith({
    routes:
      `routes: [{ name: top, match: [a=b], policy: p, group_by: [x], group_wait: 7s, mute: [n], active: [n], storm: { threshold: 2, within: 1m },
      routes: [{ name: same, match: [c=d], routes: [{ name: deep, match: [e=f] }] },
               { name: own, match: [c=e], policy: q, group_by: [], group_wait: 0s, mute: [], active: [] }] }, { policy: p }]`.replaceAll(
        '\n',
        ' ',
      ),
    policies: 'policies: { p: &p { steps: [{ notify: [channel:c], wait: 1m }] }, q: *p }',
    time_intervals: 'time_intervals: { n: { intervals: [{ weekdays: [sunday] }] } }',
  });
  const [top] = (await loadValid(text)).router.routes;
  const interval = { name: 'n', timeZone: 'UTC', intervals: [{ weekdays: [{ from: 0, to: 0 }] }] };
  const inherited = { groupBy: ['x'], groupWaitMs: 7_000, policy: 'p', mute: [interval], active: [interval] };
  expect(top).toMatchObject({ ...inherited, storm: { threshold: 2, withinMs: 60_000, waitMs: 5_000 } });
  const [same, own] = top?.routes ?? [];
  expect(same).toMatchObject(inherited);
  expect(same).not.toHaveProperty('storm');
  expect(same?.routes[0]).toMatchObject(inherited);
  expect(own).toMatchObject({ groupBy: [], groupWaitMs: 0, policy: 'q', mute: [], active: [] });
});

test('a route behind one that goes on, and one that asks for less than its sibling, are reached', async () => {
  const routes = `routes: [{ match: [a=b], policy: p, continue: true }, { match: [a=b], policy: p, group_by: [x] },
    { match: [a=c, d=e], policy: p }, { match: [a=c], policy: p, routes: [{ match: [a=c] }] }, { policy: p }]`;
  expect(await load(configWith({ routes: routes.replaceAll('\n', ' ') }))).toMatchObject({ ok: true });
});

test('builds the rules that quiet alerts', async () => {
  const { quiet } = await loadLarge();
  expect(quiet.inhibit).toMatchObject([
    {
      name: 'cluster-down',
      source: [{ value: 'ClusterDown' }],
      target: [{ operator: '=~' }],
      equal: ['cluster'],
    },
  ]);
  expect(quiet.suppress).toMatchObject([
    { name: 'test-systems', match: [], during: [{ name: 'nights', timeZone: 'Europe/Berlin' }] },
    { name: 'backup-noise', during: [{ name: 'month-end' }] },
    { name: 'chatty', rate: { limit: 10, perMs: 3_600_000, by: ['alertname', 'instance'] } },
  ]);
  const [testSystems] = quiet.suppress;
  expect(testSystems?.when?.matches({ team: 'db', severity: 'error' })).toBe(true);
  expect(testSystems?.when?.matches({ team: 'db', severity: 'critical' })).toBe(false);
  expect(quiet.flapping).toMatchObject([
    { name: 'links', changes: 6, withinMs: 1_800_000, holdMs: 3_600_000 },
    { name: 'all', match: [], changes: 4, withinMs: 3_600_000, holdMs: 7_200_000 },
  ]);
});

test('reads all parts of a time interval', async () => {
  const { quiet } = await loadLarge();
  expect(quiet.suppress[1]?.during?.[0]?.intervals).toEqual([
    {
      daysOfMonth: [{ from: -3, to: -1 }],
      months: [
        { from: 12, to: 12 },
        { from: 3, to: 3 },
      ],
      years: [{ from: 2026, to: 2030 }],
    },
  ]);
  expect(quiet.suppress[0]?.during?.[0]?.intervals[0]).toEqual({
    times: [
      { from: 1_320, to: 1_440 },
      { from: 0, to: 360 },
    ],
  });
});

test('reads admission and retention, which both may be left out', async () => {
  expect(await loadLarge()).toMatchObject({
    admission: { perTenant: { perSecond: 10_000, burst: 50_000 } },
    retention: { archiveAfterMs: 7_776_000_000 },
  });
  expect(await loadValid(configWith({}))).toMatchObject({ admission: {}, retention: {} });
  const rate = 'admission: { per_tenant: { per_second: 0.5 } }';
  expect((await loadValid(configWith({ admission: rate }))).admission.perTenant).toEqual({
    perSecond: 0.5,
    burst: 3,
  });
});

test('calls a rule without a name by what it says, wherever it stands', async () => {
  const rule = '{ source: [a=b], target: [c=d] }';
  const nameIn = async (text: string, index: number) =>
    (await loadValid(configWith({ inhibit: `inhibit: [${text}]` }))).quiet.inhibit[index]?.name;
  const name = await nameIn(rule, 0);
  expect(name).toMatch(/^[0-9a-f]{12}$/);
  expect(await nameIn(`{ source: [x=y], target: [c=d] }, ${rule}`, 1)).toBe(name);
  expect(await nameIn('{ source: [a=b], target: [c=e] }', 0)).not.toBe(name);
});

test('warns of a time interval that nothing uses', async () => {
  const text = configWith({ time_intervals: 'time_intervals: { t: { intervals: [{ months: [may] }] } }' });
  expect(await load(text)).toMatchObject({
    ok: true,
    warnings: [
      { path: 'time_intervals.t', reason: 'no route, no rule and no policy uses this time interval' },
    ],
  });
});

const decisions: readonly (readonly [what: string, from: string, to: string])[] = [
  ['validation', 'validation: strict', 'validation: lenient'],
  ['the resolve timeout', 'resolve_timeout: 5m', 'resolve_timeout: 6m'],
  ["a source's rate", 'per_second: 5000', 'per_second: 5001'],
  ['a heartbeat', 'every: 5m', 'every: 6m'],
  ["a heartbeat's matcher", 'alertname="Watchdog"', 'alertname="Watchcat"'],
  ['the header of a signature', 'X-Grafana-Alerting-Timestamp', 'X-Time'],
  ['a path of a mapping', 'alerts: /items', 'alerts: /list'],
  ['a word of a mapping', 'P2: error', 'P2: warning'],
  ['a label of a mapping', 'region: /svc/region', 'region: /svc/zone'],
  ['an added label', 'cluster: eu-1', 'cluster: eu-2'],
  ['a translated severity', 'p2: error', 'p2: info'],
  ['a pattern', 'customer-', 'client-'],
  ['a share', 'keep: 0.1', 'keep: 0.2'],
  [
    'the order of processors',
    'rename_label: { from: env',
    'drop_labels: [x]\n      - rename_label: { from: env',
  ],
  ["a time interval's range", '22:00-24:00', '23:00-24:00'],
  ["a time interval's zone", 'timezone: Europe/Berlin', 'timezone: Europe/Paris'],
  ['going on', 'continue: true', 'continue: false'],
  ['a nested matcher', 'component="db"', 'component="cache"'],
  ['a muted route', 'mute: [nights], ', ''],
  ['waiting for the group', 'group_wait: 10s', 'group_wait: 11s'],
  ['a storm', 'threshold: 100', 'threshold: 101'],
  ['inhibition', 'equal: [cluster]', 'equal: []'],
  ['a condition', 'environment="test"', 'environment="dev"'],
  ['a rate of a rule', 'limit: 10', 'limit: 11'],
  ['flapping', 'changes: 6', 'changes: 7'],
  ["a tenant's rate", 'per_second: 10000', 'per_second: 10001'],
  ['retention', 'archive_after: 90d', 'archive_after: 91d'],
];

test.each(decisions)('%s is a part of the hash', async (_, from, to) => {
  const { hash } = await loadLarge();
  expect(large).toContain(from);
  expect((await loadLarge((text) => text.replace(from, to))).hash).not.toBe(hash);
});

test('secrets, comments and the order of names are no part of the hash', async () => {
  const { hash } = await loadLarge();
  const rotated = Object.fromEntries(Object.keys(env).map((name) => [name, `another-${secretOf(name)}`]));
  expect((await loadValid(large, { env: rotated })).hash).toBe(hash);
  expect((await loadLarge((text) => `# changed\n${text}`)).hash).toBe(hash);
  const labels = '{ service: /svc/name, region: /svc/region }';
  expect(large).toContain(labels);
  const swapped = await loadLarge((text) =>
    text.replace(labels, '{ region: /svc/region, service: /svc/name }'),
  );
  expect(swapped.hash).toBe(hash);
});
