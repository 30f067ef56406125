import { describe, expect, test } from 'vitest';
import { anAlert } from '../../test/support/alert-events.ts';
import type { RouteTaken } from '../events/alert-events.ts';
import { silenceStreamOf } from '../ids.ts';
import { parseMatcher } from '../matcher/parse-matcher.ts';
import type { NamedRoute } from '../route/route.ts';
import type { TimeInterval } from '../time-interval/time-interval.ts';
import type { FlapRecord } from './flap-record.ts';
import { createJudge, type JudgeInput, type JudgeOptions } from './judge.ts';
import type { Quieting } from './quieting.ts';
import type { QuietRules, SuppressionRule } from './rules.ts';
import { createQuietWorld } from './world.ts';

const at = (time: string) => `2026-01-05T${time}:00.000Z`;
const ms = (time: string) => Date.parse(at(time));

const hours = (name: string, from: number, to: number): TimeInterval => ({
  name,
  timeZone: 'UTC',
  intervals: [{ times: [{ from: from * 60, to: to * 60 }] }],
});
const lunch = hours('lunch', 12, 14);
const siesta = hours('siesta', 13, 16);
const office = hours('office', 8, 18);

const noRules: QuietRules = { inhibit: [], suppress: [], flapping: [] };
const suppression = (overrides: Partial<SuppressionRule> = {}): SuppressionRule => ({
  name: 'noise',
  match: [],
  ...overrides,
});

function route(name: string, quiet?: Quieting): RouteTaken {
  const taken = { route: name, policy: 'p', groupLabels: {}, workflowId: `incident/default/${name}/0` };
  return quiet === undefined ? taken : { ...taken, quiet };
}

function named(name: string, { mute = [], active = [] }: Partial<NamedRoute>): NamedRoute {
  const rest = {
    match: [],
    groupBy: [],
    policy: 'p',
    groupWaitMs: 0,
    continue: false,
    routes: [],
    path: [name],
  };
  return { name, mute, active, ...rest };
}

interface Stage extends Partial<JudgeOptions> {
  readonly routes?: readonly NamedRoute[];
}

function aJudge({ routes = [], rules = noRules, ...options }: Stage = {}) {
  const world = options.world ?? createQuietWorld();
  const judge = createJudge({
    rules,
    configVersion: 7,
    router: { find: (name) => routes.find((it) => it.name === name) },
    world,
    isHeartbeat: () => false,
    ...options,
  });
  const input = (overrides: Partial<JudgeInput>): JudgeInput => ({
    stream: 'alert-1',
    alert: anAlert(),
    routes: [route('r')],
    flap: undefined,
    nowMs: ms('12:30'),
    isNew: true,
    ...overrides,
  });
  return {
    world,
    routesOf: (overrides: Partial<JudgeInput> = {}) => judge(input(overrides)),
    quietOf: (overrides: Partial<JudgeInput> = {}) => judge(input(overrides)).map(({ quiet }) => quiet),
  };
}

function silenced(world = createQuietWorld()) {
  const silence = {
    id: 's1',
    tenant: 'default',
    matchers: [{ name: 'alertname', operator: '=' as const, value: 'DiskFull' }],
    startsAt: at('12:00'),
    endsAt: at('13:00'),
    createdBy: 'amy',
    comment: 'c',
  };
  world.silences.apply(silenceStreamOf('s1'), 0, { status: 'known', silence });
  return world;
}

const flapping: FlapRecord = {
  changes: [at('12:01'), at('12:02'), at('12:03'), at('12:20')],
  flappingSince: at('12:03'),
};
const flapRule = { name: 'flappy', match: [], changes: 4, withinMs: 3_600_000, holdMs: 7_200_000 };
const inhibit = {
  name: 'down',
  source: [parseMatcher('alertname="Down"')],
  target: [parseMatcher('alertname="DiskFull"')],
  equal: [],
};

test('without anything that quiets, the very same routes come back', () => {
  const routes = [route('r'), route('s')];
  expect(aJudge().routesOf({ routes })).toBe(routes);
});

describe('the first that holds is recorded', () => {
  const everything = { inhibit: [inhibit], suppress: [suppression()], flapping: [flapRule] };
  const muted = [named('r', { mute: [lunch] })];
  const inhibited = (world: ReturnType<typeof createQuietWorld>) => {
    const alert = anAlert({ labels: { alertname: 'Down' } });
    world.inhibitors.note({ stream: 'alert-2', tenant: 'default', alert, firing: true });
  };

  test.each<[string, Partial<QuietRules>, boolean, readonly NamedRoute[], Quieting]>([
    [
      'silence',
      everything,
      true,
      muted,
      { kind: 'silence', rule: 's1', configVersion: 7, until: at('13:00') },
    ],
    ['inhibition', everything, false, muted, { kind: 'inhibition', rule: 'down', configVersion: 7 }],
    [
      'mute',
      { ...everything, inhibit: [] },
      false,
      muted,
      { kind: 'mute', rule: 'lunch', configVersion: 7, until: at('14:00') },
    ],
    [
      'suppression',
      { ...everything, inhibit: [] },
      false,
      [],
      { kind: 'suppression', rule: 'noise', configVersion: 7 },
    ],
    [
      'flapping',
      { flapping: [flapRule] },
      false,
      [],
      { kind: 'flapping', rule: 'flappy', configVersion: 7, until: at('13:01') },
    ],
  ])('%s', (_, rules, isSilenced, routes, expected) => {
    const world = isSilenced ? silenced() : createQuietWorld();
    const stage = aJudge({ rules: { ...noRules, ...rules }, routes, world });
    inhibited(world);
    expect(stage.quietOf({ flap: flapping })).toEqual([expected]);
  });

  test('heartbeat', () => {
    const stage = aJudge({ rules: everything, routes: muted, world: silenced(), isHeartbeat: () => true });
    expect(stage.quietOf()).toEqual([{ kind: 'heartbeat', rule: 'prometheus', configVersion: 7 }]);
  });
});

describe('time intervals of a route', () => {
  test('quiet that route alone', () => {
    const routes = [named('r', { mute: [lunch] }), named('s', {})];
    const quiet = aJudge({ routes }).quietOf({ routes: [route('r'), route('s'), route('gone')] });
    expect(quiet.map((it) => it?.rule)).toEqual(['lunch', undefined, undefined]);
  });

  test('one that takes over from another is part of the same quiet', () => {
    const routes = [named('r', { mute: [lunch, siesta] })];
    expect(aJudge({ routes }).quietOf()).toMatchObject([{ rule: 'lunch', until: at('16:00') }]);
  });

  test('outside all active ones it is quiet until the first of them begins', () => {
    const routes = [named('r', { active: [siesta, office] })];
    const stage = aJudge({ routes });
    expect(stage.quietOf({ nowMs: ms('07:00') })).toMatchObject([
      { kind: 'mute', rule: 'office', until: at('08:00') },
    ]);
    expect(stage.quietOf({ nowMs: ms('08:00') })).toEqual([undefined]);
    expect(stage.quietOf({ nowMs: ms('18:00') })).toMatchObject([{ until: '2026-01-06T08:00:00.000Z' }]);
  });

  test('mute wins over active', () => {
    const routes = [named('r', { active: [office], mute: [lunch] })];
    expect(aJudge({ routes }).quietOf()).toMatchObject([{ rule: 'lunch' }]);
  });

  test('other routes of the alert are judged by the rules that come after', () => {
    const routes = [named('r', { mute: [lunch] }), named('s', {})];
    const rules = { ...noRules, suppress: [suppression()] };
    const quiet = aJudge({ routes, rules }).quietOf({ routes: [route('r'), route('s')] });
    expect(quiet.map((it) => it?.kind)).toEqual(['mute', 'suppression']);
  });
});

describe('suppression rules', () => {
  const judged = (rule: Partial<SuppressionRule>, input: Partial<JudgeInput> = {}) =>
    aJudge({ rules: { ...noRules, suppress: [suppression(rule)] } }).quietOf(input)[0];

  test('hold for what matchers and condition match', () => {
    const matches = (text: string) => ({ text, matches: () => text === 'yes' });
    expect(judged({ match: [parseMatcher('alertname="DiskFull"')] })?.rule).toBe('noise');
    expect(judged({ match: [parseMatcher('alertname="Other"')] })).toBeUndefined();
    expect(judged({ when: matches('yes') })?.rule).toBe('noise');
    expect(judged({ when: matches('no') })).toBeUndefined();
  });

  test('hold during their time intervals', () => {
    expect(judged({ during: [lunch] })).toMatchObject({ until: at('14:00') });
    expect(judged({ during: [lunch] }, { nowMs: ms('14:00') })).toBeUndefined();
    expect(judged({ during: [] })).toBeUndefined();
  });

  test('the first that holds is named', () => {
    const suppress = [
      suppression({ name: 'a', match: [parseMatcher('x="y"')] }),
      suppression({ name: 'b' }),
      suppression({ name: 'c' }),
    ];
    expect(aJudge({ rules: { ...noRules, suppress } }).quietOf()).toMatchObject([{ rule: 'b' }]);
  });
});

describe('a rate', () => {
  const rate = { limit: 2, perMs: 3_600_000, by: ['team'] };
  const rules = { ...noRules, suppress: [suppression({ rate })] };
  const of = (stream: string, nowMs: number, overrides: Partial<JudgeInput> = {}) => ({
    stream,
    nowMs,
    ...overrides,
  });

  test('lets so many new alerts through for each combination of labels', () => {
    const stage = aJudge({ rules });
    expect(stage.quietOf(of('a', ms('12:00')))).toEqual([undefined]);
    expect(stage.quietOf(of('b', ms('12:10')))).toEqual([undefined]);
    expect(stage.quietOf(of('c', ms('12:20')))).toMatchObject([{ kind: 'suppression', until: at('13:00') }]);
    const alert = anAlert({ labels: { team: 'db' } });
    expect(stage.quietOf(of('d', ms('12:20'), { alert }))).toEqual([undefined]);
    expect(stage.quietOf(of('e', ms('12:20'), { alert: anAlert({ tenant: 'other' }) }))).toEqual([undefined]);
  });

  test('a decision that is made twice counts once, and so does an alert that is looked at again', () => {
    const stage = aJudge({ rules });
    for (const nowMs of [ms('12:00'), ms('12:00')]) stage.quietOf(of('a', nowMs));
    const [first] = stage.routesOf(of('a', ms('12:00')));
    // long after it left the window, it still needs no room
    for (const stream of ['b', 'c']) stage.quietOf(of(stream, ms('14:00')));
    const again = of('a', ms('14:10'), { isNew: false, routes: first === undefined ? [] : [first] });
    expect(stage.quietOf(again)).toEqual([undefined]);
  });

  test('one that was held takes room when there is some, so that not all come at once', () => {
    const stage = aJudge({ rules });
    for (const stream of ['a', 'b']) stage.quietOf(of(stream, ms('12:00')));
    const held = ['c', 'd', 'e'].map((stream) => stage.routesOf(of(stream, ms('12:10'))));
    const later = ['c', 'd', 'e'].map((stream, index) =>
      stage.quietOf(of(stream, ms('13:00'), { isNew: false, routes: held[index] ?? [] })),
    );
    expect(later).toMatchObject([[undefined], [undefined], [{ until: at('14:00') }]]);
  });

  test('one that waits does so until the instant it was told, also where nothing was counted', () => {
    const stage = aJudge({ rules });
    for (const stream of ['a', 'b']) stage.quietOf(of(stream, ms('12:00')));
    const held = stage.routesOf(of('c', ms('12:10')));
    const again = (nowMs: number) => of('c', nowMs, { isNew: false, routes: held });
    expect(aJudge({ rules }).routesOf(again(ms('12:20')))).toBe(held);
    expect(aJudge({ rules }).quietOf(again(ms('13:00')))).toEqual([undefined]);
    // another configuration may have another limit
    expect(aJudge({ rules, configVersion: 8 }).quietOf(again(ms('12:20')))).toEqual([undefined]);
  });

  test('one that was silenced when it fired is counted when the silence ends', () => {
    const stage = aJudge({ rules, world: silenced() });
    const routes = stage.routesOf(of('a', ms('12:30')));
    expect(routes[0]?.quiet?.kind).toBe('silence');
    const alert = anAlert({ labels: {} });
    for (const stream of ['b', 'c']) stage.quietOf(of(stream, ms('12:40'), { alert }));
    expect(stage.quietOf(of('a', ms('13:00'), { isNew: false, routes }))).toMatchObject([
      { kind: 'suppression', until: at('13:40') },
    ]);
  });

  test('is not asked while a rule before it holds, and asked once one after it holds', () => {
    const suppress = [
      suppression({ name: 'before', during: [hours('early', 12, 13)] }),
      suppression({ name: 'rate', rate: { ...rate, limit: 1 } }),
      suppression({ name: 'after', during: [hours('late', 13, 14)] }),
    ];
    const stage = aJudge({ rules: { ...noRules, suppress } });
    const [early] = [stage.routesOf(of('a', ms('12:00')))];
    expect(early[0]?.quiet?.rule).toBe('before');
    const late = stage.routesOf(of('a', ms('13:00'), { isNew: false, routes: early }));
    expect(late[0]?.quiet?.rule).toBe('after');
    // it has the only room, and keeps it
    expect(stage.quietOf(of('b', ms('13:10')))).toMatchObject([{ rule: 'rate' }]);
    expect(stage.quietOf(of('a', ms('14:30'), { isNew: false, routes: late }))).toEqual([undefined]);
  });
});

describe('flapping', () => {
  const rules = { ...noRules, flapping: [flapRule] };
  const first = { changes: flapping.changes, flappingSince: at('12:20') };

  test('the firing with which it begins pages, also when it is looked at again', () => {
    const stage = aJudge({ rules });
    expect(stage.quietOf({ flap: first })).toEqual([undefined]);
    expect(stage.quietOf({ flap: first, isNew: false })).toEqual([undefined]);
  });

  test('further ones are held until it is stable or the hold is over', () => {
    const stage = aJudge({ rules });
    expect(stage.quietOf({ flap: flapping, nowMs: ms('13:00') })).toMatchObject([{ until: at('13:01') }]);
    expect(stage.quietOf({ flap: flapping, nowMs: ms('13:01') })).toEqual([undefined]);
    const short = aJudge({ rules: { ...noRules, flapping: [{ ...flapRule, holdMs: 1_800_000 }] } });
    expect(short.quietOf({ flap: flapping })).toMatchObject([{ until: at('12:33') }]);
  });

  test('a rule that a reload took away holds nothing', () => {
    expect(aJudge().quietOf({ flap: flapping })).toEqual([undefined]);
  });
});

describe('asked again', () => {
  const quiet = { kind: 'silence', rule: 's1', configVersion: 3, until: at('13:00') } as const;

  test('what is as it was comes back as it is, with the version that did it first', () => {
    const routes = [route('r', quiet)];
    expect(aJudge({ world: silenced() }).routesOf({ routes, isNew: false })).toBe(routes);
  });

  test('what has ended is taken away', () => {
    const judged = aJudge({ world: silenced() }).routesOf({
      routes: [route('r', quiet)],
      nowMs: ms('13:00'),
      isNew: false,
    });
    expect(judged).toEqual([route('r')]);
    expect(judged[0]).not.toHaveProperty('quiet');
  });

  test('another reason takes the place of the old one', () => {
    const rules = { ...noRules, suppress: [suppression()] };
    const input = { routes: [route('r', quiet)], nowMs: ms('13:00'), isNew: false };
    expect(aJudge({ rules, world: silenced() }).quietOf(input)).toEqual([
      { kind: 'suppression', rule: 'noise', configVersion: 7 },
    ]);
  });
});
