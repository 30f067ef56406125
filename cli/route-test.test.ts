import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { testRoute } from './route-test.ts';

const dir = mkdtempSync(join(tmpdir(), 'tocsin-route-test-'));
const config = join(dir, 'tocsin.yml');
const printed: string[] = [];
let complaints: string[] = [];

beforeEach(() => {
  printed.length = 0;
  complaints = [];
  vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(text));
  vi.spyOn(console, 'error').mockImplementation((text) => void complaints.push(text));
  writeFileSync(
    config,
    `
version: 1
sources: [{ name: prometheus, type: alertmanager, tenant: acme, key: a-key-of-sixteen-or-more }]
routes:
  - { name: db, match: [team=db], group_by: [cluster], group_wait: 10s, policy: chat }
  - { name: rest, policy: chat }
policies: { chat: { repeat: 2, steps: [{ notify: [channel:ops], wait: 5m }] } }
channels: { ops: { type: console } }
`,
  );
  return () => rmSync(join(dir, 'payload.json'), { force: true });
});

afterEach(() => {
  vi.restoreAllMocks();
});

test('explains labels under a configuration file', async () => {
  const labels = { team: 'db', cluster: 'eu\u001b[2J' };
  expect(await testRoute({ labels, config, output: 'text' }, {})).toBe(0);
  expect(printed.join('\n').replaceAll(/[0-9a-f]{32}/g, 'HASH')).toBe(
    [
      'alert 0: firing, error: team="db", cluster="eu\\u001b[2J"',
      '  route     db',
      '            db: team="db"',
      '  group     cluster="eu\\u001b[2J", gathers for 10s',
      '  workflow  incident/default/db/HASH',
      '  policy    chat, repeated 2 times',
      '            after 10s: channel:ops (console)',
    ].join('\n'),
  );
});

test('shows users without a provider, and conditions', async () => {
  const other = join(dir, 'people.yml');
  writeFileSync(
    other,
    `
version: 1
sources: [{ name: prometheus, type: alertmanager, key: a-key-of-sixteen-or-more }]
routes: [{ name: all, policy: p }]
policies: { p: { steps: [{ notify: [user:amy, channel:ops], wait: 5m, if: { alerts: 2, severity: [error] } }] } }
channels: { ops: { type: console } }
users: { amy: { contacts: { phone: { type: console } } } }
`,
  );
  expect(await testRoute({ labels: { a: 'b' }, config: other, output: 'text' }, {})).toBe(0);
  expect(printed.join('\n').split('\n').at(-1)?.trim()).toBe(
    'after 0s: user:amy, channel:ops (console), if severity: error and alerts: 2',
  );
});

test('explains a payload in the name of its source', async () => {
  const file = join(dir, 'payload.json');
  const alert = { status: 'firing', labels: { team: 'db' }, startsAt: '2026-01-05T08:00:00Z' };
  const payload = { version: '4', alerts: [alert, 'nonsense'] };
  writeFileSync(file, JSON.stringify(payload));
  expect(await testRoute({ file, source: 'prometheus', config, output: 'json' }, {})).toBe(0);
  const { alerts, rejected } = JSON.parse(printed.join(''));
  expect(alerts).toMatchObject([
    { incidents: [{ workflowId: expect.stringContaining('incident/acme/db/') }] },
  ]);
  expect(rejected).toMatchObject([{ index: 1 }]);
});

test('says what is wrong with the configuration', async () => {
  writeFileSync(config, 'version: 2');
  expect(await testRoute({ labels: {}, config, output: 'text' }, {})).toBe(1);
  expect(complaints.join('\n')).toContain(`${config}:1`);
  expect(printed).toEqual([]);
});

test('asks a server, with the token, and tells its refusal', async () => {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    request.on('data', (body) => {
      asked.push([request.method, request.url, request.headers.authorization, JSON.parse(body)]);
      const isRefused = asked.length > 1;
      response.writeHead(isRefused ? 422 : 200, { 'content-type': 'application/json' });
      const refusal = {
        title: 'the command is malformed',
        path: '/source',
        detail: 'no source has this name',
      };
      response.end(JSON.stringify(isRefused ? refusal : { alerts: [], rejected: [], omitted: 0 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const options = {
    labels: { a: 'b' },
    server: url,
    at: '2026-01-05T09:00:00+01:00',
    output: 'json',
  } as const;
  try {
    expect(await testRoute(options, { TOCSIN_TOKEN: 'a-token-for-tests' })).toBe(1);
    const body = { labels: { a: 'b' }, at: '2026-01-05T08:00:00.000Z' };
    expect(asked).toEqual([['POST', '/v1/routes/test', 'Bearer a-token-for-tests', body]]);
    await expect(testRoute(options, { TOCSIN_TOKEN: 'a-token-for-tests' })).rejects.toThrow(
      'the server answers 422: /source no source has this name',
    );
    await expect(testRoute(options, {})).rejects.toThrow('TOCSIN_TOKEN is not set');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
