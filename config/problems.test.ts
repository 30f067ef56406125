import { expect, test } from 'vitest';
import { limits } from '../domain/limits.ts';
import { channelTypes } from './channels/channel-types.ts';
import { configWith, lines, type PartName } from './testing/config-with.ts';
import { load, problemsOf } from './testing/load-fixture.ts';

const types = channelTypes.map(({ type }) => type).join(', ');
const policy = (steps: string, more = '') => `policies: { p: { steps: ${steps}${more} } }`;
const channel = (text: string) => `channels: { c: ${text} }`;
const routes = (...texts: string[]) => `routes: [${[...texts, '{ policy: p }'].join(', ')}]`;
const webhook = (url: string) => channel(`{ type: webhook, url: "${url}", secret: 0123456789abcdef }`);

test('the configuration that the table changes is valid', async () => {
  expect(await load(configWith({}))).toMatchObject({ ok: true, warnings: [] });
});

const table: [part: PartName, text: string, path: string, reason: string][] = [
  ['version', 'version: 2', 'version', 'must be 1'],
  ['version', '', 'version', 'is missing; must be 1'],
  ['listen', 'listen: 8080', 'listen', 'must be a text; put it in quotes'],
  ['listen', 'listen: localhost', 'listen', 'must be host:port, such as 127.0.0.1:8080'],
  ['listen', 'listen: 127.0.0.1:65536', 'listen', 'must be host:port, such as 127.0.0.1:8080'],
  ['listen', 'lisen: 127.0.0.1:1', 'lisen', 'unknown key; did you mean "listen"?'],
  ['listen', 'heroes: {}', 'heroes', 'unknown key'],
  ['listen', 'public_url: tocsin.example.org', 'public_url', 'is not a valid URL'],
  ['listen', 'public_url: https://a:b@example.org', 'public_url', 'must not carry a user name or password'],
  ['sources', 'sources: []', 'sources', 'must have at least one source'],
  ['sources', 'sources: {}', 'sources', 'must be a list'],
  ['sources', 'sources:', 'sources', 'is empty; a list is expected'],
  [
    'sources',
    'sources: [{ type: alertmanager, key: 0123456789abcdef }]',
    'sources[0].name',
    'is missing; a text is expected',
  ],
  [
    'sources',
    'sources: [{ name: s, type: alertmanagr, key: 0123456789abcdef }]',
    'sources[0].type',
    'must be one of alertmanager, grafana, pagerduty, cloudevents, generic; did you mean "alertmanager"?',
  ],
  [
    'sources',
    'sources: [{ name: s, type: opsgenie, key: 0123456789abcdef }]',
    'sources[0].type',
    'must be one of alertmanager, grafana, pagerduty, cloudevents, generic',
  ],
  [
    'sources',
    'sources: [{ name: s, type: alertmanager }]',
    'sources[0].key',
    'is missing; give key or key_file',
  ],
  [
    'sources',
    'sources: [{ name: s, type: alertmanager, key: short }]',
    'sources[0].key',
    'must have at least 16 characters',
  ],
  [
    'sources',
    'sources: [{ name: s, type: alertmanager, key: "0123456789abcde/" }]',
    'sources[0].key',
    'must be made of letters, digits, "_", ".", "~" and "-"',
  ],
  [
    'sources',
    'sources: [{ name: s, type: alertmanager, key: 0123456789abcdef, key_file: x }]',
    'sources[0].key_file',
    'give either key or key_file, not both',
  ],
  [
    'sources',
    'sources: [{ name: s, type: alertmanager, key_file: nowhere }]',
    'sources[0].key_file',
    'cannot be read: there is no such file',
  ],
  [
    'sources',
    'sources: [{ name: s, type: alertmanager, key: 0123456789abcdef,rest }]',
    'sources[0]',
    'a key has no colon and value; texts with a comma need quotes',
  ],
  [
    'sources',
    `sources: [{ name: s, type: alertmanager, key: "\${NOT_SET}" }]`,
    'sources[0].key',
    'environment variable NOT_SET is not set',
  ],
  [
    'sources',
    `sources: [{ name: s, type: alertmanager, key: "\${not a name}" }]`,
    'sources[0].key',
    `has a "\${" that no variable name and "}" follow; write "$\${" for the text itself`,
  ],
  [
    'sources',
    'sources: [{ name: s, tenant: "a/b", type: alertmanager, key: 0123456789abcdef }]',
    'sources[0].tenant',
    'must be 1 to 64 letters, digits, "_", "." or "-"',
  ],
  [
    'sources',
    'sources: [{ name: s, type: alertmanager, key: 0123456789abcdef }, { name: s, type: alertmanager, key: 0123456789abcdeF }]',
    'sources[1].name',
    'is the name of sources[0] already',
  ],
  [
    'sources',
    'sources: [{ name: s, type: alertmanager, key: 0123456789abcdef }, { name: t, type: alertmanager, key: 0123456789abcdef }]',
    'sources[1].key',
    'is the key of sources[0] already',
  ],
  ['routes', 'routes: []', 'routes', 'must have at least one route, the last one without `match`'],
  [
    'routes',
    'routes: [{ policy: q }]',
    'routes[0].policy',
    'there is no policy of this name; did you mean "p"?',
  ],
  ['routes', 'routes: [{ policy: elsewhere }]', 'routes[0].policy', 'there is no policy of this name'],
  [
    'routes',
    'routes: [{ match: [a=b], policy: p }]',
    'routes[0].match',
    'the last route must have no match, so that no alert falls through',
  ],
  [
    'routes',
    routes('{ policy: p }'),
    'routes[1]',
    'is never reached: routes[0] takes all that it would match',
  ],
  [
    'routes',
    routes('{ match: [a=b], policy: p }', "{ match: ['c=d', 'a=\"b\"'], policy: p }"),
    'routes[1]',
    'is never reached: routes[0] takes all that it would match',
  ],
  [
    'routes',
    routes('{ name: r, match: [a=b], policy: p }', '{ name: r, match: [a=c], policy: p }'),
    'routes[1].name',
    'is the name of routes[0] already',
  ],
  [
    'routes',
    routes('{ match: [\'a=~"("\'], policy: p }'),
    'routes[0].match[0]',
    'is not a valid matcher: the regular expression: missing closing ): `(`',
  ],
  ['routes', routes("{ match: ['{}'], policy: p }"), 'routes[0].match[0]', 'has no matcher'],
  ['routes', routes('{ match: a=b, policy: p }'), 'routes[0].match', 'must be a list'],
  ['routes', 'routes: [{ policy: p, group_by: [a, a] }]', 'routes[0].group_by[1]', 'is listed twice'],
  [
    'routes',
    'routes: [{ policy: p, group_by: [a, ...] }]',
    'routes[0].group_by[1]',
    '"..." means all labels and stands alone',
  ],
  [
    'routes',
    'routes: [{ policy: p, groupby: [a] }]',
    'routes[0].groupby',
    'unknown key; did you mean "group_by"?',
  ],
  ['policies', 'policies: { p: { steps: [] } }', 'policies.p.steps', 'must have at least one step'],
  [
    'policies',
    policy(
      `[${Array(limits.maxPolicySteps + 1)
        .fill('{ notify: [channel:c], wait: 1m }')
        .join(', ')}]`,
    ),
    'policies.p.steps',
    'must have at most 50 steps',
  ],
  [
    'policies',
    policy('[{ notify: [], wait: 1m }]'),
    'policies.p.steps[0].notify',
    'must name at least one target',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c] }]'),
    'policies.p.steps[0].wait',
    'is missing; a text is expected',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c], wait: 30 }]'),
    'policies.p.steps[0].wait',
    'must be a text; put it in quotes',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c], wait: 1m30s }]'),
    'policies.p.steps[0].wait',
    'must be a duration such as 500ms, 30s, 5m, 4h or 7d',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c], wait: 0s }]'),
    'policies.p.steps[0].wait',
    'must be longer than zero',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c], wait: 31d }]'),
    'policies.p.steps[0].wait',
    'must be at most 30d',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c, channel:d], wait: 1m }]'),
    'policies.p.steps[0].notify[1]',
    'there is no channel of this name; did you mean "c"?',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c, user:amy], wait: 1m }]'),
    'policies.p.steps[0].notify[1]',
    'there is no user of this name',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c, team:x], wait: 1m }]'),
    'policies.p.steps[0].notify[1]',
    'must be written channel:NAME, user:NAME or schedule:NAME',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c, c], wait: 1m }]'),
    'policies.p.steps[0].notify[1]',
    'must be written channel:NAME, user:NAME or schedule:NAME',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c, channel:c], wait: 1m }]'),
    'policies.p.steps[0].notify[1]',
    'is listed twice in this step',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c], wait: 1m }]', ', repeat: 1001'),
    'policies.p.repeat',
    'must be a whole number from 0 to 1000',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c], wait: 1m }]', ', repeat: -1'),
    'policies.p.repeat',
    'must be a whole number from 0 to 1000',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c], wait: 1m }]', ', repeat: 1.5'),
    'policies.p.repeat',
    'must be a whole number',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c], wait: 1m }]', ', repeat: "1"'),
    'policies.p.repeat',
    'must be a number',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c], wait: 1m }]', ', repeat: 1e309'),
    'policies.p.repeat',
    'must be a number',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c], wait: 1m }]', ', ack_timout: 1m'),
    'policies.p.ack_timout',
    'unknown key; did you mean "ack_timeout"?',
  ],
  [
    'policies',
    policy('[{ notify: [channel:c], wait: 1m, wiat: 2m }]'),
    'policies.p.steps[0].wiat',
    'unknown key; did you mean "wait"?',
  ],
  [
    'policies',
    'policies: { p: { steps: [{ notify: [channel:c], wait: 1m }] }, "a b": { steps: [{ notify: [channel:c], wait: 1m }] } }',
    'policies["a b"]',
    'the name must be 1 to 64 letters, digits, "_", "." or "-"',
  ],
  [
    'channels',
    channel('{ type: webhok }'),
    'channels.c.type',
    `must be one of ${types}; did you mean "webhook"?`,
  ],
  ['channels', channel('{ type: pigeon }'), 'channels.c.type', `must be one of ${types}`],
  ['channels', channel('{}'), 'channels.c.type', `is missing; must be ${types}`],
  ['channels', channel(''), 'channels.c', 'is empty; a map of keys and values is expected'],
  ['channels', channel('{ type: console, updates: "yes" }'), 'channels.c.updates', 'must be true or false'],
  [
    'channels',
    channel('{ type: slack, channel: C1 }'),
    'channels.c.token',
    'is missing; give token or token_file',
  ],
  [
    'channels',
    channel('{ type: slack, channel: C1, token: "a b" }'),
    'channels.c.token',
    'must be printable ASCII without spaces',
  ],
  [
    'channels',
    channel('{ type: slack, channel: C1, token: t, tokn_file: x }'),
    'channels.c.tokn_file',
    'unknown key; did you mean "token_file"?',
  ],
  [
    'channels',
    channel('{ type: webhook, url: "https://example.org" }'),
    'channels.c.secret',
    'is missing; give secret or secret_file',
  ],
  [
    'channels',
    channel('{ type: webhook, url: "https://example.org", secret: short }'),
    'channels.c.secret',
    'must have at least 16 characters',
  ],
  [
    'channels',
    channel('{ type: webhook, url: "https://example.org", secrets: [0123456789abcdef, "whsec_%%%%"] }'),
    'channels.c.secrets[1]',
    'must have base64 after "whsec_"',
  ],
  [
    'channels',
    channel(
      '{ type: webhook, url: "https://example.org", secrets: [0123456789abcdef], secret: 0123456789abcdef }',
    ),
    'channels.c.secrets',
    'give one of secret, secret_file and secrets',
  ],
  ['channels', webhook('not a url'), 'channels.c.url', 'is not a valid URL'],
  ['channels', webhook('ftp://example.org'), 'channels.c.url', 'must start with https://'],
  [
    'channels',
    webhook('https://u:p@example.org'),
    'channels.c.url',
    'must not carry a user name or password',
  ],
  [
    'channels',
    webhook('http://example.org'),
    'channels.c.url',
    'must start with https://; plain http is for addresses that outbound.allow_private lists',
  ],
  [
    'channels',
    webhook('https://10.1.2.3/x'),
    'channels.c.url',
    'points to a private address; add "10.0.0.0/8" to outbound.allow_private if that is intended',
  ],
  [
    'outbound',
    'outbound: { allow_private: [10.0.0.0/33] }',
    'outbound.allow_private[0]',
    'must be a range of addresses such as 10.0.0.0/8',
  ],
  [
    'outbound',
    'outbound: { allow_privat: [] }',
    'outbound.allow_privat',
    'unknown key; did you mean "allow_private"?',
  ],
  ['outbound', 'listen: 127.0.0.1:1', 'listen', `stands twice, first on line ${lines.listen}`],
];

test.each(table)('%s: %s', async (part, text, path, reason) => {
  const line = text === '' ? 2 : lines[part];
  expect(await problemsOf(configWith({ [part]: text }))).toContain(`${line}: ${path}: ${reason}`);
});

test('each change of the table makes one problem only', async () => {
  for (const [part, text] of table) {
    const problems = await problemsOf(configWith({ [part]: text }));
    // A missing policy or channel leaves what names it dangling, and that is told as well.
    const own = problems.filter((problem) => !problem.includes('there is no'));
    expect(own.length, `${text}\n${problems.join('\n')}`).toBeLessThanOrEqual(1);
    expect(problems.length).toBeGreaterThan(0);
  }
});

test('tells everything at once, by line', async () => {
  const problems = await problemsOf(
    configWith({
      version: 'version: 3',
      routes: 'routes: [{ policy: nobody, wat: 1 }]',
      policies: policy('[{ notify: [channel:nobody], wait: 0s }]'),
      channels: channel('{ type: slack, channel: C1 }'),
    }),
  );
  expect(problems.map((problem) => problem.split(': ').slice(0, 2).join(' '))).toEqual([
    '1 version',
    '4 routes[0].policy',
    '4 routes[0].wat',
    '5 policies.p.steps[0].notify[0]',
    '5 policies.p.steps[0].wait',
    '6 channels.c.token',
  ]);
});

test('points to the column of the value, and of the key for an unknown key', async () => {
  const result = await load(configWith({ outbound: 'outbound: { allow: 1, allow_private: [x] }' }));
  expect(result).toMatchObject({
    ok: false,
    problems: [
      { line: 7, column: 13, path: 'outbound.allow' },
      { line: 7, column: 39, path: 'outbound.allow_private[0]' },
    ],
  });
});

test('tells no more problems than anybody reads', async () => {
  const many = Array.from({ length: 500 }, (_, index) => `unknown_${index}: 1`).join('\n');
  const problems = await problemsOf(`${configWith({})}\n${many}`);
  expect(problems).toHaveLength(limits.maxConfigProblems + 1);
  expect(problems.at(-1)).toMatch(/and 400 problems more$/);
});
