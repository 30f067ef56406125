import { expect, test } from 'vitest';
import { explainPolicy } from './explain-policy.ts';
import type { PolicySnapshot } from './policy.ts';

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

test('tells what else the policy says, in the words of the configuration', () => {
  const policy: PolicySnapshot = {
    name: 'p',
    configVersion: 3,
    repeat: 0,
    urgency: 'low',
    ackTimeoutMs: 1_800_000,
    remindEveryMs: 600_000,
    autoResolveMs: 86_400_000,
    resolveHoldMs: 120_000,
    reopenAfterMs: 14_400_000,
    maxAgeMs: 43_200_000,
    onExhausted: [target('ops')],
    steps: [
      {
        targets: [
          { kind: 'schedule', name: 'schedule:payments', schedule: 'payments' },
          { kind: 'user', name: 'user:amy', user: 'amy' },
        ],
        waitMs: 60_000,
        mode: 'first_success',
        roundRobin: true,
        delayUntil: 'business',
        when: [
          { kind: 'severity', in: ['critical', 'error'] },
          { kind: 'urgency', is: 'high' },
          { kind: 'labels', match: ['team="db"', 'site!="x"'] },
          { kind: 'alerts', atLeast: 10 },
          { kind: 'open_for', atLeastMs: 300_000 },
          { kind: 'hours', name: 'business', within: true },
          {
            kind: 'not',
            of: [
              { kind: 'hours', name: 'holidays', within: false },
              { kind: 'alerts', atLeast: 2 },
            ],
          },
        ],
      },
    ],
  };
  expect(explainPolicy(policy, 0)).toEqual({
    name: 'p',
    repeat: 0,
    urgency: 'low',
    ackTimeout: '30m',
    remindEvery: '10m',
    autoResolve: '1d',
    resolveHold: '2m',
    reopenAfter: '4h',
    maxAge: '12h',
    onExhausted: [{ target: 'channel:ops', provider: 'slack' }],
    steps: [
      {
        step: 0,
        after: '0s',
        wait: '1m',
        notify: [{ target: 'schedule:payments' }, { target: 'user:amy' }],
        mode: 'first_success',
        roundRobin: true,
        delayUntil: 'business',
        if: [
          'severity: critical, error',
          'urgency: high',
          'match: team="db", site!="x"',
          'alerts: 10',
          'open_for: 5m',
          'hours: business',
          'not (outside_hours: holidays; alerts: 2)',
        ],
      },
    ],
  });
});
