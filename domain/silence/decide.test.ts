import { expect, test } from 'vitest';
import type { SilenceEvent } from '../events/silence-events.ts';
import { limits } from '../limits.ts';
import { specify } from '../specification.ts';
import { decide, type SilenceCommand, type SilenceContext, type SilenceDecision } from './decide.ts';
import type { SilenceDraft } from './draft.ts';
import { evolve } from './evolve.ts';
import { initialSilenceState, type Silence } from './silence.ts';

// Which edits keep a silence and which replace it follows Alertmanager's API: silence/silence.go, `canUpdate`.

const at = (time: string) => `2026-01-05T${time}:00.000Z`;
const ms = (time: string) => Date.parse(at(time));
const team = [{ name: 'team', operator: '=', value: 'db' }] as const;
const both = [...team, { name: 'env', operator: '=', value: 'prod' }] as const;

const silence = (overrides: Partial<Silence> = {}): Silence => ({
  id: 'one',
  tenant: 'default',
  matchers: both,
  startsAt: at('09:00'),
  endsAt: at('10:00'),
  createdBy: 'amy',
  comment: 'disk swap',
  ...overrides,
});
const draft = (overrides: Partial<SilenceDraft> = {}): SilenceDraft => ({
  matchers: both,
  startsAtMs: undefined,
  endsAtMs: ms('10:00'),
  by: 'bo',
  comment: 'disk swap',
  ...overrides,
});
const created = (overrides: Partial<Silence> = {}): SilenceEvent => ({
  type: 'SilenceCreated',
  data: { at: at('08:30'), by: 'amy', silence: silence(overrides) },
});

function after(now: string, overrides: Partial<SilenceContext> = {}) {
  const context = { tenant: 'default', nowMs: ms(now), newId: 'two', openSilences: 1, ...overrides };
  return specify<typeof initialSilenceState, SilenceEvent, SilenceCommand, SilenceDecision>({
    initial: initialSilenceState,
    evolve,
    decide: (command, state) => decide(command, state, context),
    expectEqual: (actual, expected) => expect(actual).toEqual(expected),
  });
}

test('creates a silence that begins now, or later', () => {
  for (const [startsAtMs, startsAt] of [
    [undefined, at('09:00')],
    [ms('08:00'), at('09:00')],
    [ms('09:30'), at('09:30')],
  ] as const) {
    const made = silence({ id: 'two', startsAt, createdBy: 'bo' });
    after('09:00')
      .given()
      .when({ kind: 'create', draft: draft({ startsAtMs }) })
      .then({
        silence: made,
        appends: [
          {
            silenceId: 'two',
            event: { type: 'SilenceCreated', data: { at: at('09:00'), by: 'bo', silence: made } },
          },
        ],
      });
  }
});

test.each<[string, string, Partial<SilenceDraft>, Partial<Silence>]>([
  ['a later end of an active one', '09:30', { endsAtMs: ms('11:00') }, { endsAt: at('11:00') }],
  ['an earlier end of an active one', '09:30', { endsAtMs: ms('09:40') }, { endsAt: at('09:40') }],
  ['another comment', '09:30', { comment: 'still' }, { comment: 'still' }],
  [
    'the same matchers in another order',
    '09:30',
    { matchers: [...both].reverse(), comment: 'b' },
    { comment: 'b' },
  ],
  [
    'the start of an active one named as it is',
    '09:30',
    { startsAtMs: ms('09:00'), comment: 'b' },
    { comment: 'b' },
  ],
  ['a later start of a pending one', '08:45', { startsAtMs: ms('09:30') }, { startsAt: at('09:30') }],
  ['an earlier start of a pending one', '08:45', { startsAtMs: ms('08:50') }, { startsAt: at('08:50') }],
])('edits in place: %s', (_, now, change, result) => {
  const edited = silence(result);
  after(now)
    .given(created())
    .when({ kind: 'edit', draft: draft(change) })
    .then({
      silence: edited,
      appends: [
        {
          silenceId: 'one',
          event: { type: 'SilenceEdited', data: { at: at(now), by: 'bo', silence: edited } },
        },
      ],
    });
});

test.each<[string, string, Partial<SilenceDraft>, Partial<Silence>, Partial<Silence>]>([
  [
    'other matchers',
    '09:30',
    { matchers: team },
    { endsAt: at('09:30') },
    { matchers: team, startsAt: at('09:30') },
  ],
  [
    'a later start of an active one',
    '09:30',
    { startsAtMs: ms('09:45') },
    { endsAt: at('09:30') },
    { startsAt: at('09:45') },
  ],
  [
    'other matchers of a pending one',
    '08:45',
    { matchers: team, startsAtMs: ms('09:00') },
    { startsAt: at('08:45'), endsAt: at('08:45') },
    { matchers: team },
  ],
  [
    'a start in the past of a pending one',
    '08:45',
    { startsAtMs: ms('08:00') },
    { startsAt: at('08:45'), endsAt: at('08:45') },
    { startsAt: at('08:45') },
  ],
])('expires and replaces: %s', (_, now, change, expiredAs, createdAs) => {
  const old = silence(expiredAs);
  const made = silence({ id: 'two', createdBy: 'bo', ...createdAs });
  const told = { at: at(now), by: 'bo' };
  after(now)
    .given(created())
    .when({ kind: 'edit', draft: draft(change) })
    .then({
      silence: made,
      appends: [
        {
          silenceId: 'one',
          event: { type: 'SilenceExpired', data: { ...told, silence: old, replacedBy: 'two' } },
        },
        {
          silenceId: 'two',
          event: { type: 'SilenceCreated', data: { ...told, silence: made, replaces: 'one' } },
        },
      ],
    });
});

test('an edit of one that has ended makes a new one and leaves the old as it was', () => {
  const made = silence({ id: 'two', createdBy: 'bo', startsAt: at('10:00'), endsAt: at('12:00') });
  after('10:00')
    .given(created())
    .when({ kind: 'edit', draft: draft({ endsAtMs: ms('12:00') }) })
    .then({
      silence: made,
      appends: [
        {
          silenceId: 'two',
          event: {
            type: 'SilenceCreated',
            data: { at: at('10:00'), by: 'bo', silence: made, replaces: 'one' },
          },
        },
      ],
    });
});

test('an edit that changes nothing makes no event', () => {
  after('09:30')
    .given(created())
    .when({ kind: 'edit', draft: draft() })
    .then({ silence: silence(), appends: [] });
});

test('an end before the start that a pending one has is refused', () => {
  const edit = { kind: 'edit', draft: draft({ endsAtMs: ms('08:50') }) } as const;
  expect(() => after('08:45').given(created()).when(edit).then(nothing)).toThrow(
    expect.objectContaining({ code: 'invalid_command', path: '/endsAt' }),
  );
});

test.each([
  ['an active', '09:30', { endsAt: at('09:30') }],
  ['a pending', '08:45', { startsAt: at('08:45'), endsAt: at('08:45') }],
])('expires %s one at once', (_, now, result) => {
  const over = silence(result);
  after(now)
    .given(created())
    .when({ kind: 'expire', by: 'bo' })
    .then({
      silence: over,
      appends: [
        {
          silenceId: 'one',
          event: { type: 'SilenceExpired', data: { at: at(now), by: 'bo', silence: over } },
        },
      ],
    });
});

test('expiring one that has ended makes no event', () => {
  after('10:00')
    .given(created())
    .when({ kind: 'expire', by: 'bo' })
    .then({ silence: silence(), appends: [] });
});

test.each([
  [[], 'default'],
  [[created()], 'another'],
])('a silence that is unknown, or of another tenant, is not there', (past, tenant) => {
  for (const command of [{ kind: 'expire', by: 'bo' } as const, { kind: 'edit', draft: draft() } as const]) {
    expect(() =>
      after('09:30', { tenant })
        .given(...past)
        .when(command)
        .then(nothing),
    ).toThrow(expect.objectContaining({ code: 'silence_not_found' }));
  }
});

test('refuses one silence more than there may be, yet lets one be replaced', () => {
  const full = { openSilences: limits.maxSilences };
  expect(() => after('09:30', full).given().when({ kind: 'create', draft: draft() }).then(nothing)).toThrow(
    expect.objectContaining({ code: 'too_many_silences' }),
  );
  const past = evolve(initialSilenceState, created());
  const context = { tenant: 'default', nowMs: ms('09:30'), newId: 'two', ...full };
  expect(decide({ kind: 'edit', draft: draft({ matchers: team }) }, past, context).silence.id).toBe('two');
});

const nothing: SilenceDecision = { silence: silence(), appends: [] };
