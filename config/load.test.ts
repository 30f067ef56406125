import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limits } from '../domain/limits.ts';
import { demoConfigText } from './demo.ts';
import { loadConfigFile } from './load.ts';
import { withVersion } from './snapshot.ts';
import { findSource } from './source-keys.ts';
import { load, loadValid } from './testing/load-fixture.ts';

const env = { TOCSIN_DEMO_KEY: 'demo-key-0123456789' };

const whole = `version: 1
listen: "[::1]:9000"
public_url: https://tocsin.example.org/
sources:
  - { name: a, type: alertmanager, key: "\${KEY_A}" }
  - { name: b, type: alertmanager, tenant: shop, key_file: b.key }
routes:
  - { name: first, match: ['{severity="critical", team=~"x|y"}', 'env!=test'], group_by: [alertname], policy: p }
  - { policy: q }
policies:
  p: { repeat: 2, steps: [{ notify: [channel:hook, channel:chat], wait: 500ms }, { notify: [channel:tty], wait: 5m }] }
  q: { steps: [{ notify: [channel:rotating], wait: 7d }] }
channels:
  hook: { type: webhook, url: "http://127.0.0.1:9/x", secret_file: hook.secret, updates: true }
  rotating: { type: webhook, url: "https://example.org/x", secrets: [whsec_MDEyMzQ1Njc4OWFiY2RlZg==, "plain secret of 23 chars"] }
  chat: { type: slack, token: "\${SLACK}", channel: C1, api_url: "https://slack.example.org/api/" }
  tty: { type: console, updates: false }
outbound: { allow_private: ["127.0.0.0/8"] }
`;
const wholeOptions = {
  env: { KEY_A: 'key-of-a-0123456789', SLACK: 'xoxb-1' },
  files: { 'b.key': 'key-of-b-0123456789\n', 'hook.secret': 'secret of the hook\r\n' },
};

test('loads everything that issue 3 can be told', async () => {
  const config = await loadValid(whole, wholeOptions);
  expect(config).toMatchObject({
    version: 0,
    listen: { host: '::1', port: 9000 },
    publicUrl: 'https://tocsin.example.org',
  });
  expect(config.sources.map(({ name, tenant }) => [name, tenant])).toEqual([
    ['a', 'default'],
    ['b', 'shop'],
  ]);
  expect(findSource(config, 'key-of-a-0123456789')?.name).toBe('a');
  expect(findSource(config, 'key-of-b-0123456789')?.name).toBe('b');
  expect(findSource(config, 'key-of-b-0123456789\n')).toBeUndefined();
  expect(Object.fromEntries(config.channels)).toEqual({
    hook: {
      name: 'hook',
      provider: 'webhook',
      updates: true,
      onUnknown: 'resend',
      url: 'http://127.0.0.1:9/x',
      secrets: ['secret of the hook'],
    },
    rotating: {
      name: 'rotating',
      provider: 'webhook',
      updates: false,
      onUnknown: 'resend',
      url: 'https://example.org/x',
      secrets: ['whsec_MDEyMzQ1Njc4OWFiY2RlZg==', 'plain secret of 23 chars'],
    },
    chat: {
      name: 'chat',
      provider: 'slack',
      updates: true,
      onUnknown: 'resend',
      token: 'xoxb-1',
      channel: 'C1',
      apiUrl: 'https://slack.example.org/api',
    },
    tty: { name: 'tty', provider: 'console', updates: false, onUnknown: 'resend' },
  });
  expect(config.policies.get('p')).toEqual({
    name: 'p',
    configVersion: 0,
    repeat: 2,
    steps: [
      {
        waitMs: 500,
        targets: [
          { kind: 'channel', name: 'channel:hook', channel: 'hook', provider: 'webhook', updates: true },
          {
            kind: 'channel',
            name: 'channel:chat',
            channel: 'chat',
            provider: 'slack',
            updates: true,
            undoable: true,
          },
        ],
      },
      {
        waitMs: 300_000,
        targets: [
          { kind: 'channel', name: 'channel:tty', channel: 'tty', provider: 'console', updates: false },
        ],
      },
    ],
  });
  expect(config.outbound.allowPrivate).toEqual(['127.0.0.0/8']);
  const labels = { severity: 'critical', team: 'y', alertname: 'Down' };
  expect(config.router.route({ tenant: 'shop', labels })).toMatchObject([{ route: 'first', policy: 'p' }]);
});

test('fills in what may be left out', async () => {
  const config = await loadValid(demoConfigText, { env });
  expect(config).toMatchObject({
    listen: { host: '127.0.0.1', port: 8080 },
    publicUrl: 'http://127.0.0.1:8080',
    outbound: { allowPrivate: [] },
  });
  expect(config.policies.get('demo')).toMatchObject({
    repeat: 0,
    steps: [
      { waitMs: 30_000, targets: [{ channel: 'oncall', provider: 'console', updates: true }] },
      { waitMs: 30_000, targets: [{ channel: 'backup' }] },
    ],
  });
});

test('loads the example without a warning', async () => {
  const secrets = {
    PROMETHEUS_KEY: 'prometheus-key-01',
    SLACK_TOKEN: 'xoxb-1',
    ONCALL_SECRET: 'a secret of the hook',
  };
  const result = await loadConfigFile(new URL('../examples/tocsin.yml', import.meta.url).pathname, secrets);
  expect(result).toMatchObject({ ok: true, warnings: [] });
});

test('warns of what is not used, and loads all the same', async () => {
  const text = `${demoConfigText}  attic: { type: console }\n`.replace(
    'policies:',
    'policies:\n  old: { steps: [{ notify: [channel:oncall], wait: 1m }] }',
  );
  expect(await load(text, { env })).toMatchObject({
    ok: true,
    warnings: [
      { line: 7, path: 'policies.old', reason: 'no route uses this policy' },
      { line: 15, path: 'channels.attic', reason: 'no policy notifies this channel' },
    ],
  });
});

test('puts the registered version into every policy and leaves the original alone', async () => {
  const config = await loadValid(whole, wholeOptions);
  const registered = withVersion(config, 7);
  expect(registered.version).toBe(7);
  expect([...registered.policies.values()].map(({ configVersion }) => configVersion)).toEqual([7, 7]);
  expect(config.policies.get('p')?.configVersion).toBe(0);
});

test('has a hash that follows decisions, not secrets, comments or order of names', async () => {
  const { hash } = await loadValid(whole, wholeOptions);
  const hashOf = async (text: string, options = wholeOptions) => (await loadValid(text, options)).hash;
  const rotated = { ...wholeOptions, env: { KEY_A: 'another-key-of-a-012', SLACK: 'xoxb-2' } };
  expect(await hashOf(whole, rotated)).toBe(hash);
  expect(await hashOf(`# a comment\n${whole}`)).toBe(hash);
  expect(await hashOf(whole.replace('wait: 5m', 'wait: 6m'))).not.toBe(hash);
  expect(await hashOf(whole.replace('x|y', 'x|z'))).not.toBe(hash);
  expect(await hashOf(whole.replace('tenant: shop', 'tenant: shed'))).not.toBe(hash);
});

test('follows anchors and takes variables as text that is not looked at again', async () => {
  const text = demoConfigText
    .replace('[channel:oncall], wait: 30s', '&who [channel:oncall], wait: &wait 30s')
    .replace('[channel:backup], wait: 30s', '*who, wait: *wait')

    .replace('group_by: [alertname]', () => `group_by: ["\${LABEL}", "$\${x}"]`);
  const config = await loadValid(text, { env: { ...env, LABEL: `\${TOCSIN_DEMO_KEY}` } });
  expect(config.policies.get('demo')?.steps[1]).toMatchObject({
    waitMs: 30_000,
    targets: [{ channel: 'oncall' }],
  });
  expect(config.router.routes[0]?.groupBy).toEqual([`\${TOCSIN_DEMO_KEY}`, `\${x}`]);
});

test('reads files from disk, beside the configuration, and tells of those that it cannot read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-config-'));
  try {
    const path = join(folder, 'tocsin.yml');
    const text = demoConfigText.replace(/key: "[^"]*"/, 'key_file: demo.key');
    await writeFile(path, text);
    expect(await loadConfigFile(path, {})).toMatchObject({
      ok: false,
      problems: [{ line: 3, reason: 'cannot be read: there is no such file' }],
    });
    await writeFile(join(folder, 'demo.key'), `${env.TOCSIN_DEMO_KEY}\n`);
    expect(await loadConfigFile(path, {})).toMatchObject({ ok: true });
    await writeFile(join(folder, 'demo.key'), 'x'.repeat(limits.maxSecretFileBytes + 1));
    expect(await loadConfigFile(path, {})).toMatchObject({
      ok: false,
      problems: [{ reason: 'cannot be read: it is too large' }],
    });
    await writeFile(path, Buffer.from([0x61, 0x3a, 0xff]));
    expect(await loadConfigFile(path, {})).toMatchObject({
      ok: false,
      problems: [{ reason: 'the file cannot be read: it is not valid UTF-8' }],
    });
    expect(await loadConfigFile(folder, {})).toMatchObject({
      ok: false,
      problems: [{ reason: 'the file cannot be read: it is a directory' }],
    });
    expect(await loadConfigFile(join(folder, 'none.yml'), {})).toMatchObject({
      ok: false,
      problems: [{ line: 0, path: '' }],
    });
    expect(await loadConfigFile('/dev/zero', {})).toMatchObject({ ok: false });
  } finally {
    await rm(folder, { recursive: true });
  }
});
