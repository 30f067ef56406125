import { expect, test } from 'vitest';
import { targetOf } from './target-of.ts';
import { configWith } from './testing/config-with.ts';
import { loadValid } from './testing/load-fixture.ts';

const config = await loadValid(
  configWith({
    channels:
      'channels: { c: { type: console, updates: false }, chat: { type: slack, token: t, channel: C } }',
    users: 'users: { amy: { contacts: { phone: { type: console } } } }',
    schedules:
      'schedules: { s: { layers: [{ users: [amy], rotation: weekly, start: "2026-01-05T09:00" }] } }',
  }),
);

test('finds channels, users and schedules, as policies do', () => {
  expect(targetOf('channel:c', config)).toEqual({
    kind: 'channel',
    name: 'channel:c',
    channel: 'c',
    provider: 'console',
    updates: false,
  });
  expect(targetOf('channel:chat', config)).toMatchObject({ provider: 'slack', undoable: true });
  expect(targetOf('user:amy', config)).toEqual({ kind: 'user', name: 'user:amy', user: 'amy' });
  expect(targetOf('schedule:s', config)).toEqual({ kind: 'schedule', name: 'schedule:s', schedule: 's' });
});

test.each([
  'c',
  'channel:',
  'channel:d',
  'user:bo',
  'schedule:c',
  'team:c',
  'channel:user:amy/phone',
  'user:__proto__',
  'channel:c\n',
])('finds nothing behind %j', (text) => {
  expect(targetOf(text, config)).toBeUndefined();
});
