import { describe, expect, test } from 'vitest';
import { configWith, type ProblemRow, problemsOfRow } from '../testing/config-with.ts';
import { loadValid, problemsOf } from '../testing/load-fixture.ts';

const channels = 'channels: { c: { type: email, to: amy@example.org } }';

function smtp(fields: string): string {
  return `providers: { smtp: { host: mail.example.org, from: tocsin@example.org${fields} } }`;
}

describe('email channel', () => {
  test('has the server, and a port that fits its TLS', async () => {
    const config = await loadValid(configWith({ channels, providers: smtp('') }));
    expect(config.channels.get('c')).toEqual({
      name: 'c',
      provider: 'email',
      updates: false,
      onUnknown: 'resend',
      server: { host: 'mail.example.org', port: 587, tls: 'starttls' },
      from: 'tocsin@example.org',
      to: ['amy@example.org'],
    });
    expect(config.policies.get('p')?.steps[0]?.targets).toMatchObject([{ channel: 'c', undoable: true }]);
  });

  test.each([
    [', port: 465', { port: 465, tls: 'implicit' }],
    [', tls: implicit', { port: 465, tls: 'implicit' }],
    [', port: 2525', { port: 2525, tls: 'starttls' }],
    [', port: 465, tls: starttls', { port: 465, tls: 'starttls' }],
  ])('takes %s as %j', async (fields, server) => {
    const config = await loadValid(configWith({ channels, providers: smtp(fields) }));
    expect(config.channels.get('c')).toMatchObject({ server });
  });

  test('reads a password from a file', async () => {
    const text = configWith({ channels, providers: smtp(', user: tocsin, password_file: pw') });
    const config = await loadValid(text, { files: { pw: 'the password\n' } });
    expect(config.channels.get('c')).toMatchObject({ server: { user: 'tocsin', password: 'the password' } });
  });

  test('goes to several, from an address of its own', async () => {
    const to =
      'channels: { c: { type: email, to: [amy@example.org, bo@example.org], from: pager@example.org } }';
    const config = await loadValid(configWith({ channels: to, providers: smtp('') }));
    expect(config.channels.get('c')).toMatchObject({
      to: ['amy@example.org', 'bo@example.org'],
      from: 'pager@example.org',
    });
  });

  test('may do without TLS inside of listed ranges', async () => {
    const providers = 'providers: { smtp: { host: 10.0.0.25, port: 25, tls: none, from: t@example.org } }';
    const outbound = 'outbound: { allow_private: ["10.0.0.0/8"] }';
    const config = await loadValid(configWith({ channels, providers, outbound }));
    expect(config.channels.get('c')).toMatchObject({ server: { host: '10.0.0.25', tls: 'none' } });
  });

  test('is a contact of a user', async () => {
    const users = 'users: { amy: { contacts: { mail: { type: email, to: amy@example.org } } } }';
    const policies = 'policies: { p: { steps: [{ notify: [user:amy, channel:c], wait: 1m }] } }';
    const config = await loadValid(configWith({ users, policies, providers: smtp('') }));
    expect(config.channels.get('user:amy/mail')).toMatchObject({
      provider: 'email',
      to: ['amy@example.org'],
    });
  });

  test('a new password is no new configuration, another reader is', async () => {
    const hashOf = async (password: string, to: string) => {
      const providers = smtp(`, user: tocsin, password: ${password}`);
      const c = `channels: { c: { type: email, to: ${to} } }`;
      return (await loadValid(configWith({ channels: c, providers }))).hash;
    };
    const before = await hashOf('one', 'amy@example.org');
    expect(await hashOf('two', 'amy@example.org')).toBe(before);
    expect(await hashOf('one', 'bo@example.org')).not.toBe(before);
  });

  test.each<ProblemRow>([
    ['channels', channels, 'channels.c', 'needs providers.smtp'],
    [
      'channels',
      'channels: { c: { type: email, to: amy } }',
      'channels.c.to',
      'must be a mail address such as amy@example.org',
    ],
    [
      'channels',
      'channels: { c: { type: email, to: "amy@example.org\\r\\nBcc: x@y" } }',
      'channels.c.to',
      'must be a mail address such as amy@example.org',
    ],
    ['providers', smtp(', port: 0'), 'providers.smtp.port', 'must be a whole number from 1 to 65535'],
    [
      'providers',
      smtp(', user: tocsin'),
      'providers.smtp.password',
      'is missing; give password or password_file',
    ],
    ['providers', smtp(', password: x'), 'providers.smtp.user', 'is missing beside the password'],
    [
      'providers',
      'providers: { smtp: { host: "mail/evil", from: t@example.org } }',
      'providers.smtp.host',
      'must be the name or the address of a host',
    ],
    [
      'providers',
      'providers: { smtp: { host: mail.example.org, from: "tocsin <t@example.org>" } }',
      'providers.smtp.from',
      'must be a mail address such as amy@example.org',
    ],
    [
      'providers',
      'providers: { smtp: { host: 10.0.0.25, from: t@example.org } }',
      'providers.smtp.host',
      'points to a private address; add "10.0.0.0/8" to outbound.allow_private if that is intended',
    ],
    [
      'providers',
      smtp(', tls: none'),
      'providers.smtp.host',
      'without TLS mail goes only to addresses that outbound.allow_private lists',
    ],
  ])('%s: %s is a problem', async (part, text, path, reason) => {
    expect(await problemsOfRow([part, text, path, reason])).toEqual([`${path}: ${reason}`]);
  });

  test('a faulty server is told once, not for each channel', async () => {
    const two = 'channels: { c: { type: email, to: a@b }, d: { type: email, to: a@b } }';
    const problems = await problemsOf(configWith({ channels: two, providers: smtp(', user: tocsin') }));
    expect(problems.filter((problem) => /smtp|email/.test(problem))).toHaveLength(1);
  });
});
