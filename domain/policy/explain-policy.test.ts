import { expect, test } from 'vitest';
import { explainPolicy } from './explain-policy.ts';

const target = (channel: string) =>
  ({ kind: 'channel', name: `channel:${channel}`, channel, provider: 'slack', updates: true }) as const;

test('lists whom each step pages, after the waits of those before it and of the group', () => {
  const steps = [
    { targets: [target('chat')], waitMs: 30_000 },
    { targets: [target('chat'), target('boss')], waitMs: 300_000 },
    { targets: [target('all')], waitMs: 60_000 },
  ];
  expect(explainPolicy({ name: 'p', configVersion: 3, repeat: 2, steps }, 10_000)).toEqual({
    name: 'p',
    repeat: 2,
    steps: [
      { step: 0, after: '10s', wait: '30s', notify: [{ target: 'channel:chat', provider: 'slack' }] },
      {
        step: 1,
        after: '40s',
        wait: '5m',
        notify: [
          { target: 'channel:chat', provider: 'slack' },
          { target: 'channel:boss', provider: 'slack' },
        ],
      },
      { step: 2, after: '340s', wait: '1m', notify: [{ target: 'channel:all', provider: 'slack' }] },
    ],
  });
});
