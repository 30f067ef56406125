import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runPolicy } from './policy.ts';
import { readPolicyOptions } from './policy-options.ts';

const dir = mkdtempSync(join(tmpdir(), 'tocsin-policy-'));
const config = join(dir, 'tocsin.yml');
const newer = join(dir, 'newer.yml');
let printed: string[] = [];
let complaints: string[] = [];

const text = (steps: string) => `
version: 1
sources: [{ name: s, type: alertmanager, key: a-key-of-sixteen-or-more }]
routes: [{ policy: payments }]
fallback: [channel:ops]
policies:
  payments:
    repeat: 1
    ack_timeout: 30m
    steps:
${steps}
users:
  amy: { contacts: { phone: { type: console }, mail: { type: console } }, rules: { high: [{ contact: phone }, { contact: mail, after: 2m }] } }
channels: { ops: { type: console }, chat: { type: console } }
`;
const first = '      - { notify: [channel:chat], wait: 30s }';
const second = '      - { notify: [user:amy], wait: 5m, if: { severity: [critical] } }';

beforeEach(() => {
  printed = [];
  complaints = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line));
  vi.spyOn(console, 'error').mockImplementation((line) => void complaints.push(line));
  writeFileSync(config, text(`${first}\n${second}`));
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(() => {
  rmSync(dir, { recursive: true });
});

const run = (...args: string[]) => runPolicy(readPolicyOptions([...args, '--config', config]), {});
const lines = () => printed.join('\n').split('\n');

test('lists and shows policies', async () => {
  expect(await run('list')).toBe(0);
  expect(await run('show', 'payments')).toBe(0);
  expect(lines()).toEqual([
    'payments  2 steps, repeated 1 time',
    'policy payments',
    '  repeat       1',
    '  ackTimeout   30m',
    '  onExhausted  channel:ops (console)',
    '  step 0       channel:chat (console), wait 30s',
    '  step 1       user:amy, wait 5m, if severity: critical',
  ]);
});

test('says who would be paged when', async () => {
  expect(await run('simulate', 'payments', '--at', '2026-01-05T09:00:00Z')).toBe(0);
  expect(lines().slice(0, 6)).toEqual([
    'policy payments, of an incident that opens at 2026-01-05T09:00:00.000Z and that nobody answers:',
    '  2026-01-05T09:00:00.000Z  +0s  round 0 step 0: channel:chat (console)',
    '  2026-01-05T09:00:30.000Z  +30s  round 0 step 1: user:amy',
    '    2026-01-05T09:00:30.000Z  user:amy/phone',
    '    2026-01-05T09:02:30.000Z  user:amy/mail',
    '  2026-01-05T09:05:30.000Z  +330s  round 1 step 0: channel:chat (console)',
  ]);
  expect(lines().at(-1)).toBe('  2026-01-05T09:11:00.000Z  nobody is left to page');
  expect(await run('simulate', 'payments', '--severity', 'info', '-o', 'json')).toBe(0);
  const { items } = JSON.parse(printed.at(-1) ?? '');
  expect(items[1]).toMatchObject({ step: 1, what: 'skip', reason: 'condition' });
});

test('says what a newer configuration would change', async () => {
  const changed = text(`${first.replace('30s', '1m')}\n${second}`).replace('ack_timeout: 30m', 'max_age: 1h');
  writeFileSync(newer, changed.replace('repeat: 1', 'repeat: 2'));
  expect(await run('diff', 'payments', '--from', newer)).toBe(0);
  expect(lines()).toEqual([
    'policy payments, for incidents that open from then on:',
    '  repeat: 1 -> 2',
    '  ackTimeout: 30m -> nothing',
    '  maxAge: nothing -> 1h',
    '  - step 0: channel:chat (console), wait 30s',
    '  + step 0: channel:chat (console), wait 1m',
  ]);
  expect(await run('diff', 'payments', '--from', config)).toBe(0);
  expect(printed.at(-1)).toBe('policy payments: nothing changes');
});

test('tells of a policy that is not there, and of a file that cannot be used', async () => {
  expect(await run('show', 'payment')).toBe(1);
  expect(await run('simulate', 'payment')).toBe(1);
  expect(await run('diff', 'payment', '--from', config)).toBe(1);
  expect(complaints).toEqual(Array(3).fill('tocsin: there is no policy of the name "payment"'));
  writeFileSync(newer, 'version: 2');
  expect(await run('diff', 'payments', '--from', newer)).toBe(1);
  expect(complaints.at(-1)).toContain(`${newer}:1:10: version: must be 1`);
  expect(printed).toEqual([]);
});

test('asks a server, in its own words', async () => {
  const asked: unknown[] = [];
  const answers: Record<string, object> = {
    'GET /v1/policies': { items: [{ name: 'p', repeat: 0, steps: [] }] },
    'POST /v1/policies/p/simulate': { policy: 'p', openedAt: 'then', items: [], truncated: true },
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push([request.headers.authorization, body]);
    const answer = answers[`${request.method} ${request.url}`];
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(JSON.stringify(answer ?? { code: 'policy_not_found' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = (...args: string[]) =>
    runPolicy(readPolicyOptions([...args, '--server', url]), { TOCSIN_TOKEN: 'secret' });
  try {
    expect(await ask('list')).toBe(0);
    expect(await ask('simulate', 'p', '--label', 'a=b')).toBe(0);
    expect(await ask('show', 'a/b')).toBe(1);
    expect(printed).toEqual([
      'p  0 steps',
      'policy p, of an incident that opens at then and that nobody answers:\n  and so on',
    ]);
    expect(asked.slice(0, 2)).toEqual([
      ['Bearer secret', ''],
      ['Bearer secret', '{"labels":{"a":"b"}}'],
    ]);
  } finally {
    server.close();
  }
});
