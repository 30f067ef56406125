import { expect, test } from 'vitest';
import { limits } from '../domain/limits.ts';
import { configWith, type ProblemRow, problemsOfRow } from './testing/config-with.ts';
import { load } from './testing/load-fixture.ts';

const source = (more: string, type = 'alertmanager') =>
  `sources: [{ name: s, type: ${type}, key: 0123456789abcdef, ${more} }]`;
const processors = (...texts: string[]) => `processors: [${texts.join(', ')}]`;
const mapping = (text: string) => source(`mapping: { ${text} }`, 'generic');
const interval = (text: string) => `time_intervals: { t: { intervals: [${text}] } }`;
const routes = (...texts: string[]) => `routes: [${[...texts, '{ policy: p }'].join(', ')}]`;
const below = (text: string) => routes(`{ match: [a=b], policy: p, routes: [${text}] }`);
const suppress = (text: string) => `suppress: [{ ${text} }]`;
const flapping = (text: string) => `flapping: [{ ${text} }]`;

const sourceRows: ProblemRow[] = [
  [
    'sources',
    source('validation: loose'),
    'sources[0].validation',
    'must be one of strict, lenient, coercive',
  ],
  ['sources', source('resolve_timeout: 31d'), 'sources[0].resolve_timeout', 'must be from 1s to 30d'],
  [
    'sources',
    source('signature: { secret: 0123456789abcdef }'),
    'sources[0].signature',
    'is for sources of type grafana only',
  ],
  [
    'sources',
    source('mapping: {}'),
    'sources[0].mapping',
    'is for sources of type generic or cloudevents only',
  ],
  [
    'sources',
    source('mapping: { alerts: /items }', 'cloudevents'),
    'sources[0].mapping.alerts',
    'is not for cloudevents: an event is one alert',
  ],
  [
    'sources',
    source('signature: { secret: short }', 'grafana'),
    'sources[0].signature.secret',
    'must have at least 16 characters',
  ],
  [
    'sources',
    source('signature: {}', 'grafana'),
    'sources[0].signature.secret',
    'is missing; give secret or secret_file',
  ],
  [
    'sources',
    source('signature: { secrets: [0123456789abcdef], secret_file: x }', 'grafana'),
    'sources[0].signature.secrets',
    'give one of secret, secret_file and secrets',
  ],
  [
    'sources',
    source('signature: { secrets: [0123456789abcdef, short] }', 'grafana'),
    'sources[0].signature.secrets[1]',
    'must have at least 16 characters',
  ],
  [
    'sources',
    source('signature: { secret: 0123456789abcdef, header: "X: y" }', 'grafana'),
    'sources[0].signature.header',
    'must be the name of a header: 1 to 64 letters, digits or "-"',
  ],
  [
    'sources',
    source('signature: { secret: 0123456789abcdef, timestampheader: X }', 'grafana'),
    'sources[0].signature.timestampheader',
    'unknown key; did you mean "timestamp_header"?',
  ],
  ['sources', source('heartbeat: { every: 1s }'), 'sources[0].heartbeat.every', 'must be from 5s to 30d'],
  [
    'sources',
    source('heartbeat: { every: 1m, matches: [] }'),
    'sources[0].heartbeat.matches',
    'unknown key; did you mean "match"?',
  ],
  [
    'sources',
    source('heartbeat: { every: 1m, severity: high }'),
    'sources[0].heartbeat.severity',
    'must be one of critical, error, warning, info',
  ],
  [
    'sources',
    source('heartbeat: { every: 1m, match: ["a=~("] }'),
    'sources[0].heartbeat.match[0]',
    'is not a valid matcher: the regular expression: missing closing ): `(`',
  ],
  [
    'sources',
    source('rate_limit: { per_second: 0 }'),
    'sources[0].rate_limit.per_second',
    'must be greater than zero',
  ],
  [
    'sources',
    source('rate_limit: { per_second: 1, burst: 1.5 }'),
    'sources[0].rate_limit.burst',
    'must be a whole number',
  ],
  [
    'sources',
    source('rate_limit: { per_second: .inf }'),
    'sources[0].rate_limit.per_second',
    'must be a number',
  ],
  [
    'sources',
    source('processors: [{ drop_labels: [] }]'),
    'sources[0].processors[0].drop_labels',
    'must have at least one label',
  ],
  [
    'sources',
    mapping('alerts: items'),
    'sources[0].mapping.alerts',
    'must be a JSON pointer such as /labels/host',
  ],
  [
    'sources',
    mapping('labels: { a: "/a~2" }'),
    'sources[0].mapping.labels.a',
    'must be a JSON pointer such as /labels/host',
  ],
  [
    'sources',
    mapping('severity: { path: /p, values: { P1: urgent } }'),
    'sources[0].mapping.severity.values.P1',
    'must be one of critical, error, warning, info',
  ],
  [
    'sources',
    mapping('severity: { path: /p, values: { P1: critical, p1: info } }'),
    'sources[0].mapping.severity.values.p1',
    'is listed twice, in another letter case',
  ],
  [
    'sources',
    mapping('status: { path: /s, firing: [Down], resolved: [up, down] }'),
    'sources[0].mapping.status.resolved[1]',
    'means firing already',
  ],
  ['sources', mapping('fingerprint: [/a, /a]'), 'sources[0].mapping.fingerprint[1]', 'is listed twice'],
  [
    'sources',
    mapping('all_label: /a'),
    'sources[0].mapping.all_label',
    'unknown key; did you mean "all_labels"?',
  ],
];

const kinds = 'add_labels, drop_labels, rename_label, map_severity, redact, sample, outlier, limit';

const processorRows: ProblemRow[] = [
  ['processors', 'processors: {}', 'processors', 'must be a list'],
  ['processors', processors('{}'), 'processors[0]', `must have exactly one of ${kinds}`],
  [
    'processors',
    processors('{ drop_labels: [a], add_labels: { b: c } }'),
    'processors[0]',
    `must have exactly one of ${kinds}`,
  ],
  [
    'processors',
    processors('{ add_label: { a: b } }'),
    'processors[0].add_label',
    'unknown key; did you mean "add_labels"?',
  ],
  [
    'processors',
    processors('{ add_labels: { a: 1 } }'),
    'processors[0].add_labels.a',
    'must be a text; put it in quotes',
  ],
  [
    'processors',
    processors(`{ add_labels: { ${'a'.repeat(129)}: b } }`),
    `processors[0].add_labels["${'a'.repeat(64)}…"]`,
    'the name must have at most 128 bytes',
  ],
  ['processors', processors('{ drop_labels: [a, a] }'), 'processors[0].drop_labels[1]', 'is listed twice'],
  [
    'processors',
    processors('{ rename_label: { from: a, to: a } }'),
    'processors[0].rename_label.to',
    'is the same as from',
  ],
  [
    'processors',
    processors('{ map_severity: { label: a, values: { x: high } } }'),
    'processors[0].map_severity.values.x',
    'must be one of critical, error, warning, info',
  ],
  [
    'processors',
    processors('{ map_severity: { label: a, values: { X: info, x: error } } }'),
    'processors[0].map_severity.values.x',
    'is listed twice, in another letter case',
  ],
  [
    'processors',
    processors('{ redact: {} }'),
    'processors[0].redact',
    'has nothing to do; give card_numbers, secrets or patterns',
  ],
  [
    'processors',
    processors('{ redact: { patterns: ["a", "("] } }'),
    'processors[0].redact.patterns[1]',
    'is not a valid regular expression: missing closing ): `(`',
  ],
  [
    'processors',
    processors('{ redact: { patterns: ["x*"] } }'),
    'processors[0].redact.patterns[0]',
    'matches the empty text, which is found everywhere',
  ],
  [
    'processors',
    processors('{ sample: { keep: 1.1 } }'),
    'processors[0].sample.keep',
    'must be a number from 0 to 1',
  ],
  [
    'processors',
    processors('{ sample: { match: [a=b] } }'),
    'processors[0].sample.keep',
    'is missing; a number is expected',
  ],
  [
    'processors',
    processors('{ outlier: { value: v, window: 1 } }'),
    'processors[0].outlier.window',
    'must be a whole number from 2 to 10000',
  ],
  [
    'processors',
    processors('{ outlier: { value: v, threshold: -1 } }'),
    'processors[0].outlier.threshold',
    'must be greater than zero',
  ],
  [
    'processors',
    processors('{ limit: { alerts: 1, per: 500ms } }'),
    'processors[0].limit.per',
    'must be from 1s to 1d',
  ],
  [
    'processors',
    processors(...Array<string>(limits.maxProcessors + 1).fill('{ drop_labels: [a] }')),
    'processors',
    'must have at most 50 processors',
  ],
];

const intervalRows: ProblemRow[] = [
  [
    'time_intervals',
    'time_intervals: { t: {} }',
    'time_intervals.t.intervals',
    'is missing; a list is expected',
  ],
  ['time_intervals', interval(''), 'time_intervals.t.intervals', 'must have at least one entry'],
  [
    'time_intervals',
    interval('{}'),
    'time_intervals.t.intervals[0]',
    'must have at least one of times, weekdays, days_of_month, months and years',
  ],
  [
    'time_intervals',
    interval('{ times: ["22:00-06:00"] }'),
    'time_intervals.t.intervals[0].times[0]',
    'is not a valid range: the end must be later than the start; what passes midnight is two ranges',
  ],
  [
    'time_intervals',
    interval('{ months: [5] }'),
    'time_intervals.t.intervals[0].months[0]',
    'must be a text; put it in quotes',
  ],
  [
    'time_intervals',
    interval('{ weekday: [monday] }'),
    'time_intervals.t.intervals[0].weekday',
    'unknown key; did you mean "weekdays"?',
  ],
  [
    'time_intervals',
    'time_intervals: { t: { timezone: Europe/Berln, intervals: [{ months: [may] }] } }',
    'time_intervals.t.timezone',
    'is no time zone; did you mean "Europe/Berlin"?',
  ],
  [
    'time_intervals',
    'time_intervals: { t: { timezone: "+01:00", intervals: [{ months: [may] }] } }',
    'time_intervals.t.timezone',
    'must be a time zone such as Europe/Berlin',
  ],
  [
    'time_intervals',
    'time_intervals: { "a b": { intervals: [{ months: [may] }] } }',
    'time_intervals["a b"]',
    'the name must be 1 to 64 letters, digits, "_", "." or "-"',
  ],
];

const routeRows: ProblemRow[] = [
  ['routes', 'routes: [{ name: r }]', 'routes[0].policy', 'is missing; a text is expected'],
  [
    'routes',
    below('{ match: [c=d], policy: q }'),
    'routes[0].routes[0].policy',
    'there is no policy of this name; did you mean "p"?',
  ],
  [
    'routes',
    below('{ match: [c=d], route: [] }'),
    'routes[0].routes[0].route',
    'unknown key; did you mean "routes"?',
  ],
  [
    'routes',
    below('{ match: ["c=~("] }'),
    'routes[0].routes[0].match[0]',
    'is not a valid matcher: the regular expression: missing closing ): `(`',
  ],
  [
    'routes',
    below('{ name: x, match: [c=d] }, { name: x, match: [c=e] }'),
    'routes[0].routes[1].name',
    'is the name of routes[0].routes[0] already',
  ],
  [
    'routes',
    'routes: [{ name: x, policy: p, routes: [{ name: x, match: [a=b] }] }]',
    'routes[0].routes[0].name',
    'is the name of routes[0] already',
  ],
  [
    'routes',
    below('{ match: [c=d] }, { match: [c=d, e=f] }'),
    'routes[0].routes[1]',
    'is never reached: routes[0].routes[0] takes all that it would match',
  ],
  [
    'routes',
    below('{ match: [\'a="b"\'] }, { match: [c=d] }'),
    'routes[0].routes[1]',
    'is never reached: routes[0].routes[0] takes all that it would match',
  ],
  [
    'routes',
    routes('{ match: [a=b], policy: p, mute: [nights] }'),
    'routes[0].mute[0]',
    'there is no time interval of this name',
  ],
  [
    'routes',
    below('{ match: [c=d], active: [x] }'),
    'routes[0].routes[0].active[0]',
    'there is no time interval of this name',
  ],
  [
    'routes',
    routes('{ match: [a=b], policy: p, group_wait: 2h }'),
    'routes[0].group_wait',
    'must be from 0s to 1h',
  ],
  [
    'routes',
    routes('{ match: [a=b], policy: p, group_wait: soon }'),
    'routes[0].group_wait',
    'must be a duration such as 500ms, 30s, 5m, 4h or 7d',
  ],
  [
    'routes',
    below('{ match: [c=d], group_by: [x, x] }'),
    'routes[0].routes[0].group_by[1]',
    'is listed twice',
  ],
  [
    'routes',
    routes('{ match: [a=b], policy: p, continue: 1 }'),
    'routes[0].continue',
    'must be true or false',
  ],
  [
    'routes',
    routes('{ match: [a=b], policy: p, storm: { threshold: 0, within: 1m } }'),
    'routes[0].storm.threshold',
    'must be a whole number from 1 to 1000000',
  ],
  [
    'routes',
    routes('{ match: [a=b], policy: p, storm: { threshold: 5, within: 2d } }'),
    'routes[0].storm.within',
    'must be from 1s to 1d',
  ],
  [
    'routes',
    below('{ match: [c=d], storm: { threshold: 5, within: 1m, wiat: 1s } }'),
    'routes[0].routes[0].storm.wiat',
    'unknown key; did you mean "wait"?',
  ],
  [
    'routes',
    below(`{ match: [c=d], group_by: ["${'x'.repeat(129)}"] }`),
    'routes[0].routes[0].group_by[0]',
    'must have at most 128 bytes',
  ],
];

const quietingRows: ProblemRow[] = [
  [
    'inhibit',
    'inhibit: [{ source: [a=b], target: [] }]',
    'inhibit[0].target',
    'must have at least one matcher',
  ],
  ['inhibit', 'inhibit: [{ target: [a=b] }]', 'inhibit[0].source', 'is missing; a list is expected'],
  [
    'inhibit',
    'inhibit: [{ source: [a=b], target: [c=d], equal: [x, x] }]',
    'inhibit[0].equal[1]',
    'is listed twice',
  ],
  [
    'inhibit',
    'inhibit: [{ source: [a=b], target: [c=d] }, { source: [a=b], target: [c=d] }]',
    'inhibit[1]',
    'says the same as inhibit[0]',
  ],
  [
    'inhibit',
    'inhibit: [{ name: x, source: [a=b], target: [c=d] }, { name: x, source: [a=b], target: [c=e] }]',
    'inhibit[1].name',
    'is the name of inhibit[0] already',
  ],
  [
    'inhibit',
    'inhibit: [{ source_match: [a=b], source: [a=b], target: [c=d] }]',
    'inhibit[0].source_match',
    'unknown key',
  ],
  [
    'suppress',
    suppress('name: x'),
    'suppress[0]',
    'would quiet every alert at all times; give match, when, during or rate',
  ],
  [
    'suppress',
    suppress('during: [nights]'),
    'suppress[0].during[0]',
    'there is no time interval of this name',
  ],
  ['suppress', suppress('during: []'), 'suppress[0].during', 'must name at least one time interval'],
  [
    'suppress',
    suppress('rate: { limit: 0, per: 1h }'),
    'suppress[0].rate.limit',
    'must be a whole number from 1 to 1000000',
  ],
  ['suppress', suppress('rate: { limit: 1, per: 2d }'), 'suppress[0].rate.per', 'must be from 1s to 1d'],
  [
    'suppress',
    suppress('rate: { limit: 1, per: 1h, by: [a, a] }'),
    'suppress[0].rate.by[1]',
    'is listed twice',
  ],
  ['flapping', flapping('changes: 1'), 'flapping[0].changes', 'must be a whole number from 2 to 100'],
  ['flapping', flapping('within: 2d'), 'flapping[0].within', 'must be from 1s to 1d'],
  ['flapping', flapping('hold: 0s'), 'flapping[0].hold', 'must be from 1s to 7d'],
  ['flapping', 'flapping: [{}, {}]', 'flapping[1]', 'says the same as flapping[0]'],
  [
    'admission',
    'admission: { per_tenant: { per_second: 1, brust: 2 } }',
    'admission.per_tenant.brust',
    'unknown key; did you mean "burst"?',
  ],
  ['admission', 'admission: { per_source: 1 }', 'admission.per_source', 'unknown key'],
  ['retention', 'retention: { archive_after: 5m }', 'retention.archive_after', 'must be from 1h to 3650d'],
  [
    'retention',
    'retention: { archive_after: 90 }',
    'retention.archive_after',
    'must be a text; put it in quotes',
  ],
];

test('the configuration that the tables change is valid', async () => {
  expect(await load(configWith({}))).toMatchObject({ ok: true, warnings: [] });
});

test.each([...sourceRows, ...processorRows, ...intervalRows, ...routeRows, ...quietingRows])(
  '%s: %s',
  async (...row) => {
    const [, , path, reason] = row;
    expect(await problemsOfRow(row)).toEqual([`${path}: ${reason}`]);
  },
);

test('a condition that cannot be read is told with its reason', async () => {
  const problems = await problemsOfRow(['suppress', suppress(`when: 'a="b" and ('`), '', '']);
  expect(problems).toEqual([expect.stringMatching(/^suppress\[0\]\.when: is not a valid condition: ./)]);
});

test('one fault in a source, a route or a rule hides none of the others', async () => {
  const text = configWith({
    sources: source(
      'mapping: 1, heartbeat: { every: 1s }, signature: { secret: short }, processors: [1, { drop_labels: [a, a] }], resolve_timeout: 0s',
      'grafana',
    ).replace('0123456789abcdef', 'short'),
    routes: 'routes: [{ policy: p, storm: 1, routes: [{ policy: q }, 1, { match: ["a=~("] }] }]',
    admission: 'admission: { per_tenant: 1 }',
  });
  const result = await load(text);
  const paths = result.ok ? [] : result.problems.map(({ path }) => path);
  expect(paths.sort()).toEqual(
    [
      'admission.per_tenant',
      'routes[0].routes[0].policy',
      'routes[0].routes[1]',
      'routes[0].routes[2].match[0]',
      'routes[0].storm',
      'sources[0].heartbeat.every',
      'sources[0].key',
      'sources[0].mapping',
      'sources[0].processors[0]',
      'sources[0].processors[1].drop_labels[1]',
      'sources[0].resolve_timeout',
      'sources[0].signature.secret',
    ].sort(),
  );
});

test('counts nested routes too', async () => {
  const many = Array.from({ length: limits.maxConfigEntries }, (_, index) => `{ match: [c=x${index}] }`);
  expect(await problemsOfRow(['routes', below(many.join(', ')), '', ''])).toEqual([
    'routes: must have at most 1000 routes, nested ones counted',
  ]);
});

test('routes nested seven deep load, and deeper ones are told', async () => {
  const nested = (levels: number): string =>
    levels === 0 ? '' : `routes: [{ policy: p, match: [l${levels}=x], ${nested(levels - 1)} }]`;
  const last = (text: string) => text.replace(/ \}\]$/, ' }, { policy: p }]');
  expect(await load(configWith({ routes: last(nested(7)) }))).toMatchObject({ ok: true });
  const problems = await problemsOfRow(['routes', last(nested(8)), '', '']);
  expect(problems[0]).toMatch(/is nested more than 16 levels deep$/);
});
