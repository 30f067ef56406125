import { expect, test } from 'vitest';
import { type ProblemRow, problemsOfRow } from './testing/config-with.ts';

const step = (more: string) => `policies: { p: { steps: [{ notify: [channel:c], wait: 1m, ${more} }] } }`;
const branch = (text: string) => `policies: { p: { steps: [{ ${text} }] } }`;
const policy = (more: string) => `policies: { p: { ${more}, steps: [{ notify: [channel:c], wait: 1m }] } }`;
const page = '{ notify: [channel:c], wait: 1m }';
const amy = (more: string) => `users: { amy: { contacts: { phone: { type: console } }, ${more} } }`;
const nested = (depth: number): string =>
  depth === 0 ? page : `{ if: { alerts: 2 }, then: [${nested(depth - 1)}] }`;

const rows: ProblemRow[] = [
  [
    'policies',
    step('mode: any'),
    'policies.p.steps[0].mode',
    'must be one of all, first_success, all_or_nothing',
  ],
  ['policies', step('round_robin: yes'), 'policies.p.steps[0].round_robin', 'must be true or false'],
  [
    'policies',
    step('round_robin: true'),
    'policies.p.steps[0].round_robin',
    'needs a user or a schedule among the targets',
  ],
  [
    'policies',
    step('delay_until: business'),
    'policies.p.steps[0].delay_until',
    'there is no time interval of this name',
  ],
  [
    'policies',
    step('if: {}'),
    'policies.p.steps[0].if',
    'must have at least one of severity, urgency, match, hours, outside_hours, alerts and open_for',
  ],
  [
    'policies',
    step('if: { severty: [info] }'),
    'policies.p.steps[0].if.severty',
    'unknown key; did you mean "severity"?',
  ],
  ['policies', step('if: { severity: critical }'), 'policies.p.steps[0].if.severity', 'must be a list'],
  [
    'policies',
    step('if: { severity: [] }'),
    'policies.p.steps[0].if.severity',
    'must have at least one severity',
  ],
  [
    'policies',
    step('if: { severity: [criticl] }'),
    'policies.p.steps[0].if.severity[0]',
    'must be one of critical, error, warning, info; did you mean "critical"?',
  ],
  ['policies', step('if: { urgency: medium }'), 'policies.p.steps[0].if.urgency', 'must be one of high, low'],
  [
    'policies',
    step('if: { hours: night }'),
    'policies.p.steps[0].if.hours',
    'there is no time interval of this name',
  ],
  [
    'policies',
    step('if: { outside_hours: night }'),
    'policies.p.steps[0].if.outside_hours',
    'there is no time interval of this name',
  ],
  [
    'policies',
    step('if: { alerts: 0 }'),
    'policies.p.steps[0].if.alerts',
    'must be a whole number from 1 to 1000000',
  ],
  ['policies', step('if: { open_for: 31d }'), 'policies.p.steps[0].if.open_for', 'must be from 100ms to 30d'],
  ['policies', step('if: { match: [] }'), 'policies.p.steps[0].if.match', 'must have at least one matcher'],
  ['policies', step('if: { match: [""] }'), 'policies.p.steps[0].if.match[0]', 'must not be empty'],
  [
    'policies',
    branch('if: { alerts: 2 }'),
    'policies.p.steps[0]',
    'must have notify and wait, or if and then',
  ],
  ['policies', branch('wait: 1m'), 'policies.p.steps[0].notify', 'is missing; a list is expected'],
  ['policies', branch(`then: [${page}]`), 'policies.p.steps[0].if', 'is missing; a branch needs a condition'],
  ['policies', branch(`if: { alerts: 2 }, else: [${page}]`), 'policies.p.steps[0]', 'has else without then'],
  [
    'policies',
    branch('if: { alerts: 2 }, then: []'),
    'policies.p.steps[0].then',
    'must have at least one step',
  ],
  [
    'policies',
    branch(`if: { alerts: 2 }, then: [${page}], mode: all`),
    'policies.p.steps[0].mode',
    'cannot stand beside then and else; put it into their steps',
  ],
  [
    'policies',
    branch(`if: { alerts: 2 }, then: [{ notify: [channel:x], wait: 1m }]`),
    'policies.p.steps[0].then[0].notify[0]',
    'there is no channel of this name; did you mean "c"?',
  ],
  [
    'policies',
    branch(`if: { alerts: 2 }, then: [${page}], else: [{ notify: [channel:c], wait: 1m, wat: 1 }]`),
    'policies.p.steps[0].else[0].wat',
    'unknown key; did you mean "wait"?',
  ],
  [
    'policies',
    `policies: { p: { steps: [${nested(4)}] } }`,
    'policies.p.steps[0].then[0].then[0].then[0].then',
    'branches are nested at most 3 deep',
  ],
  ['policies', policy('urgency: medium'), 'policies.p.urgency', 'must be one of high, low'],
  ['policies', policy('ack_timeout: 1ms'), 'policies.p.ack_timeout', 'must be from 100ms to 30d'],
  ['policies', policy('remind_every: 31d'), 'policies.p.remind_every', 'must be from 100ms to 30d'],
  ['policies', policy('auto_resolve: 0s'), 'policies.p.auto_resolve', 'must be from 100ms to 30d'],
  [
    'policies',
    policy('resolve_hold: soon'),
    'policies.p.resolve_hold',
    'must be a duration such as 500ms, 30s, 5m, 4h or 7d',
  ],
  ['policies', policy('reopen_after: 5'), 'policies.p.reopen_after', 'must be a text; put it in quotes'],
  ['policies', policy('max_age: 0s'), 'policies.p.max_age', 'must be from 100ms to 30d'],
  ['policies', policy('on_exhausted: []'), 'policies.p.on_exhausted', 'must name at least one target'],
  [
    'policies',
    policy('on_exhausted: [user:amy]'),
    'policies.p.on_exhausted[0]',
    'must be a channel, which is there whoever is on call',
  ],
  [
    'policies',
    policy('on_exhausted: [channel:c, channel:c]'),
    'policies.p.on_exhausted[1]',
    'is listed twice',
  ],
  ['fallback', 'fallback: [channel:d]', 'fallback[0]', 'there is no channel of this name; did you mean "c"?'],
  [
    'fallback',
    'fallback: [schedule:x]',
    'fallback[0]',
    'must be a channel, which is there whoever is on call',
  ],
  [
    'users',
    'users: { "a b": {} }',
    'users["a b"]',
    'the name must be 1 to 64 letters, digits, "_", "." or "-"',
  ],
  [
    'users',
    amy('timezone: Europe/Berln'),
    'users.amy.timezone',
    'is no time zone; did you mean "Europe/Berlin"?',
  ],
  ['users', amy('timezone: "+01:00"'), 'users.amy.timezone', 'must be a time zone such as Europe/Berlin'],
  [
    'users',
    'users: { amy: { contacts: { phone: { type: fax } } } }',
    'users.amy.contacts.phone.type',
    expect.stringMatching(/^must be one of webhook, /) as string,
  ],
  [
    'users',
    'users: { amy: { contacts: { chat: { type: slack, channel: D1 } } } }',
    'users.amy.contacts.chat.token',
    'is missing; give token or token_file',
  ],
  [
    'users',
    'users: { amy: { contacts: { chat: { type: slack, channel: D1, token: t, chanel: x } } } }',
    'users.amy.contacts.chat.chanel',
    'unknown key; did you mean "channel"?',
  ],
  [
    'users',
    amy('rules: { high: [{ contact: phon }] }'),
    'users.amy.rules.high[0].contact',
    'this user has no contact of this name; did you mean "phone"?',
  ],
  [
    'users',
    amy('rules: { low: [{ contact: phone }, { contact: phone, after: 1m }] }'),
    'users.amy.rules.low[1].contact',
    'is listed twice',
  ],
  ['users', amy('rules: { high: [] }'), 'users.amy.rules.high', 'must have at least one entry'],
  ['users', amy('rules: { mid: [{ contact: phone }] }'), 'users.amy.rules.mid', 'unknown key'],
  [
    'users',
    amy('rules: { high: [{ contact: phone, after: 31d }] }'),
    'users.amy.rules.high[0].after',
    'must be from 0s to 30d',
  ],
  ['providers', 'providers: { pigeon: {} }', 'providers.pigeon', 'unknown key'],
];

test.each(rows)('%s: %s', async (...row) => {
  const [, , path, reason] = row;
  const [only, ...others] = await problemsOfRow(row);
  expect(others).toEqual([]);
  expect([only?.slice(0, path.length), only?.slice(path.length + 2)]).toEqual([path, reason]);
});
