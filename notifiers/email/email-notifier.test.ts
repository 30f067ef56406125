import { type AddressInfo, createServer, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MailServer } from '../../domain/channel/channel.ts';
import {
  aNotification,
  aSendContext,
  type NotificationOverrides,
} from '../../test/support/a-notification.ts';
import { eventually } from '../../test/support/eventually.ts';
import {
  createFakeSmtp,
  type FakeSmtp,
  type FakeSmtpOptions,
  type SmtpFault,
  type SmtpStage,
} from '../../test/support/fake-smtp.ts';
import { createSelfSigned } from '../../test/support/self-signed.ts';
import { canarySecret, describeNotifierContract } from '../contract.ts';
import { isProviderFault } from '../guard/circuit.ts';
import { createEmailNotifier } from './email-notifier.ts';
import { createSmtpClient, type SmtpClientOptions } from './smtp-client.ts';

const from = 'tocsin@example.org';
const to = ['amy@example.org', 'bo@example.org'];
const incidentUrlOf = (id: string) => `https://tocsin.example/v1/incidents/${id}`;
const { key, incident } = aNotification();

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function served(options?: FakeSmtpOptions): Promise<FakeSmtp> {
  const server = await createFakeSmtp(options);
  cleanups.push(() => server.close());
  return server;
}

/** Every name leads to this machine. */
function emailTo(port: number, server: Partial<MailServer> = {}, options: Partial<SmtpClientOptions> = {}) {
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  const smtp = createSmtpClient({ allowPrivate: ['127.0.0.0/8'], resolve, ...options });
  cleanups.push(() => smtp.close());
  return createEmailNotifier({
    server: { host: 'mail.example.org', port, tls: 'none', ...server },
    from,
    to,
    onUnknown: 'resend',
    smtp,
    now: () => Date.parse('2026-03-01T12:00:00.000Z'),
    incidentUrlOf,
  });
}

describe('email', () => {
  let port: number;
  beforeAll(async () => {
    const server = await createFakeSmtp({ users: { tocsin: canarySecret } });
    port = server.port;
    return () => server.close();
  });

  describeNotifierContract({
    name: 'email',
    create: ({ canary }) => emailTo(port, { user: 'tocsin', password: canary }),
  });
});

describe('email notifier', () => {
  function send(server: FakeSmtp, request?: NotificationOverrides, account: Partial<MailServer> = {}) {
    return emailTo(server.port, account).send(aNotification(request), aSendContext());
  }

  it('sends one mail to all, as text and as HTML', async () => {
    const server = await served();
    const result = await send(server, { notes: ['nobody is on call in payments'] });
    expect(result).toEqual({ outcome: 'delivered', providerId: `<${key}@example.org>` });
    expect(server.mails).toMatchObject([
      {
        from,
        to,
        headers: {
          from: 'tocsin <tocsin@example.org>',
          to: 'amy@example.org, bo@example.org',
          subject: '[critical] disk full on db1',
          'message-id': `<${key}@example.org>`,
          'auto-submitted': 'auto-generated',
          date: 'Sun, 01 Mar 2026 12:00:00 +0000',
        },
      },
    ]);
    const [mail] = server.mails;
    for (const shown of [mail?.text, mail?.html]) {
      for (const part of [
        'PAGE critical',
        'step 1, round 1',
        'nobody is on call in payments',
        'cluster: eu-1',
        'only 1 % is left',
        incidentUrlOf(incident.id),
      ]) {
        expect(shown).toContain(part);
      }
    }
  });

  it('puts all mail of an incident into one thread', async () => {
    const server = await served();
    await send(server);
    await send(server, { kind: 'resolved', key: 'k2', by: 'amy' });
    const thread = `<incident-${incident.id}@example.org>`;
    expect(server.mails.map(({ headers }) => [headers['in-reply-to'], headers.references])).toEqual([
      [thread, thread],
      [thread, thread],
    ]);
    expect(server.mails[1]?.headers['message-id']).toBe('<k2@example.org>');
  });

  it('sends every attempt under one Message-ID', async () => {
    const server = await served();
    server.next('message', '451 4.3.0 later', 'cut');
    const outcomes = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) outcomes.push((await send(server)).outcome);
    expect(outcomes).toEqual(['retry', 'unknown', 'delivered']);
    expect(server.mails.map(({ headers }) => headers['message-id'])).toEqual([`<${key}@example.org>`]);
  });

  it.each([
    [{ kind: 'reminder' }, '[critical, reminder] disk full on db1'],
    [{ kind: 'update', incident: { state: 'acknowledged' } }, '[acknowledged] disk full on db1'],
    [{ kind: 'resolved' }, '[resolved] disk full on db1'],
    [{ kind: 'undo' }, '[withdrawn] disk full on db1'],
    [{ kind: 'test' }, '[test] disk full on db1'],
  ] as const)('says in its subject what %o is about', async (request, subject) => {
    const server = await served();
    await send(server, request);
    expect(server.mails[0]?.headers.subject).toBe(subject);
  });

  it('says that a page was withdrawn', async () => {
    const server = await served();
    await send(server, { kind: 'undo' });
    expect(server.mails[0]?.text).toContain('The page was withdrawn');
    expect(server.mails[0]?.text).not.toContain('acknowledge');
  });

  describe('what the server refuses', () => {
    it.each<[SmtpStage, SmtpFault, string, string]>([
      ['greeting', '554 5.3.2 no service', 'rejected', 'smtp: 554 5.3.2 at the greeting'],
      ['greeting', '421 4.3.2 too busy', 'retry', 'smtp: 421 4.3.2 at the greeting'],
      ['MAIL', '451 4.7.1 greylisted', 'retry', 'smtp: 451 4.7.1 at MAIL FROM'],
      ['MAIL', '550 5.7.1 sender refused', 'rejected', 'smtp: 550 5.7.1 at MAIL FROM'],
      ['DATA', '421 closing', 'retry', 'smtp: 421 at DATA'],
      ['DATA', '554 5.7.0 no', 'rejected', 'smtp: 554 5.7.0 at DATA'],
      ['message', '452 4.3.1 disk full', 'retry', 'smtp: 452 4.3.1 at DATA'],
      ['message', '421 4.3.0 closing', 'retry', 'smtp: 421 4.3.0 at DATA'],
      ['message', '550 5.7.1 looks like spam', 'rejected', 'smtp: 550 5.7.1 at DATA'],
    ])('at %s with %s is %s', async (stage, fault, outcome, reason) => {
      const server = await served();
      server.next(stage, fault);
      const code = Number(fault.slice(0, 3));
      const status = code === 421 ? {} : { status: code };
      expect(await send(server)).toEqual({ outcome, reason, ...status });
      expect(server.mails).toEqual([]);
    });

    it('is rejected when no recipient is taken', async () => {
      const server = await served();
      server.next('RCPT', '550 5.1.1 no such user', '550 5.1.1 no such user');
      expect(await send(server)).toEqual({
        outcome: 'rejected',
        reason: 'smtp: 550 5.1.1 at RCPT TO',
        status: 550,
      });
    });

    it('tries again when a recipient may be taken later', async () => {
      const server = await served();
      server.next('RCPT', '450 4.2.0 greylisted', '550 5.1.1 no such user');
      expect(await send(server)).toMatchObject({ outcome: 'retry' });
    });

    it('counts as delivered when one recipient is taken', async () => {
      const server = await served();
      server.next('RCPT', '550 5.1.1 no such user');
      expect(await send(server)).toMatchObject({ outcome: 'delivered' });
      expect(server.mails).toMatchObject([{ to: ['bo@example.org'] }]);
    });

    it('repeats nothing of what the server says', async () => {
      const server = await served({ users: { tocsin: canarySecret } });
      server.next('AUTH', `535 5.7.8 wrong password ${canarySecret}`);
      const result = await send(server, {}, { user: 'tocsin', password: canarySecret });
      expect(result).toEqual({ outcome: 'rejected', reason: 'smtp: 535 5.7.8 at the login', status: 535 });
    });
  });

  it.each<[SmtpStage, SmtpFault, boolean]>([
    ['RCPT', '450 4.2.0 greylisted', false],
    ['MAIL', '550 5.7.1 sender refused', false],
    ['greeting', '421 4.3.2 too busy', true],
    ['EHLO', 'cut', true],
  ])('at %s with %s, whether the server is broken: %s', async (stage, fault, isBroken) => {
    const server = await served();
    server.next(stage, fault, fault);
    expect(isProviderFault(await send(server))).toBe(isBroken);
  });

  describe('when the connection breaks', () => {
    it.each<[SmtpStage, string]>([
      ['greeting', 'retry'],
      ['EHLO', 'retry'],
      ['MAIL', 'retry'],
      ['RCPT', 'retry'],
      ['DATA', 'retry'],
      ['message', 'unknown'],
    ])('at %s it ends as %s', async (stage, outcome) => {
      const server = await served();
      server.next(stage, 'cut');
      expect(await send(server)).toMatchObject({ outcome });
    });

    it.each<[SmtpStage, string]>([
      ['greeting', 'retry'],
      ['EHLO', 'retry'],
      ['RCPT', 'retry'],
      ['message', 'unknown'],
    ])('by silence at %s it ends as %s', async (stage, outcome) => {
      const server = await served();
      server.next(stage, 'silence');
      const email = emailTo(server.port, {}, { timeoutMs: 300 });
      const reason = 'timed out after 300 ms';
      expect(await email.send(aNotification(), aSendContext())).toEqual({ outcome, reason });
      await eventually(() => (server.openConnections() === 0 ? true : undefined));
    });

    it('stops at once when it is cancelled, and says that it does not know', async () => {
      const server = await served();
      server.next('message', 'silence');
      const controller = new AbortController();
      const { signal } = controller;
      const sending = emailTo(server.port).send(aNotification(), aSendContext({ signal }));
      await eventually(() => (server.receivedMessages() === 1 ? true : undefined));
      controller.abort();
      expect(await sending).toEqual({ outcome: 'unknown', reason: 'cancelled' });
    });

    it('has sent nothing when nobody listens', async () => {
      const server = await served();
      await server.close();
      expect(await send(server)).toEqual({
        outcome: 'retry',
        reason: 'the connection failed (ECONNREFUSED)',
      });
    });

    it('hangs up on a server that does not', async () => {
      const server = await served();
      server.next('QUIT', 'silence');
      expect(await send(server)).toMatchObject({ outcome: 'delivered' });
      await eventually(() => (server.openConnections() === 0 ? true : undefined));
    });

    it('opens 16 connections at most, and sends the rest when these are done', async () => {
      const server = await served();
      const email = emailTo(server.port);
      server.next('greeting', ...Array<SmtpFault>(16).fill('silence'));
      const stuck = new AbortController();
      const { signal } = stuck;
      const first = Array.from({ length: 16 }, () => email.send(aNotification(), aSendContext({ signal })));
      await eventually(() => (server.openConnections() === 16 ? true : undefined));
      const later = Array.from({ length: 40 }, () => email.send(aNotification(), aSendContext()));
      const cancelled = email.send(aNotification(), aSendContext({ signal }));
      expect(server.openConnections()).toBe(16);
      stuck.abort();
      expect(new Set((await Promise.all(first)).map(({ outcome }) => outcome))).toEqual(new Set(['retry']));
      expect(await cancelled).toEqual({ outcome: 'retry', reason: 'cancelled' });
      expect(new Set((await Promise.all(later)).map(({ outcome }) => outcome))).toEqual(
        new Set(['delivered']),
      );
      expect(server.mails).toHaveLength(40);
    });

    it('leaves no connection behind', async () => {
      const server = await served();
      server.next('message', '250 2.0.0 ok', 'cut', '550 5.7.1 no');
      for (let count = 0; count < 4; count += 1) await send(server);
      await eventually(() => (server.openConnections() === 0 ? true : undefined));
    });
  });

  describe('when the server talks nonsense', () => {
    it.each<[string, (socket: Socket) => void]>([
      ['bytes that are no SMTP', (socket) => void socket.write('\u0016\u0003\u0001 hello\r\n')],
      ['a reply that never ends', (socket) => pour(socket, '220-more\r\n'.repeat(1_000))],
      ['a line that never ends', (socket) => pour(socket, 'x'.repeat(16_000))],
      ['a greeting that drips in', (socket) => drip(socket)],
      ['an end at once', (socket) => void socket.end()],
    ])('has sent nothing after %s', async (_name, talk) => {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => sockets.delete(socket));
        talk(socket);
      });
      cleanups.push(() => server.close());
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const email = emailTo(port, {}, { timeoutMs: 400 });
      expect(await email.send(aNotification(), aSendContext())).toMatchObject({ outcome: 'retry' });
      await eventually(() => (sockets.size === 0 ? true : undefined));
    });

    it('does not know the outcome of a final reply that says nothing', async () => {
      const server = await served();
      server.next('message', '299 ', '354 go on');
      expect(await send(server)).toMatchObject({ outcome: 'delivered' });
      expect(await send(server)).toMatchObject({ outcome: 'unknown' });
    });
  });

  it.each(['PLAIN', 'LOGIN'] as const)('logs in by %s', async (method) => {
    const server = await served({ users: { tocsin: 'pässword' }, auth: [method] });
    await send(server, {}, { user: 'tocsin', password: 'pässword' });
    expect(server.mails).toMatchObject([{ user: 'tocsin' }]);
  });

  it('is rejected with a wrong password', async () => {
    const server = await served({ users: { tocsin: 'right' } });
    const reason = 'smtp: 535 5.7.8 at the login';
    const account = { user: 'tocsin', password: 'wrong' };
    expect(await send(server, {}, account)).toEqual({ outcome: 'rejected', reason, status: 535 });
  });

  it('takes a server with PIPELINING at its word', async () => {
    const server = await served({ extensions: ['PIPELINING', 'SIZE 1000000', '8BITMIME'] });
    expect(await send(server)).toMatchObject({ outcome: 'delivered' });
  });

  it('is rejected where the server takes no mail of that size', async () => {
    const server = await served({ extensions: ['SIZE 100'] });
    expect(await send(server)).toMatchObject({ outcome: 'rejected' });
  });

  describe('over TLS', () => {
    const certificate = createSelfSigned('mail.example.org');

    function trust(): void {
      const before = getCACertificates('default');
      setDefaultCACertificates([...before, certificate.cert]);
      cleanups.push(() => setDefaultCACertificates(before));
    }

    it.each(['implicit', 'starttls'] as const)('sends by %s', async (tls) => {
      trust();
      const server = await served({ certificate, implicitTls: tls === 'implicit', users: { u: 'p' } });
      await send(server, {}, { tls, user: 'u', password: 'p' });
      expect(server.mails).toMatchObject([{ isSecure: true, user: 'u' }]);
      await eventually(() => (server.openConnections() === 0 ? true : undefined));
    });

    it.each(['implicit', 'starttls'] as const)(
      'tells nothing to a server by %s that cannot prove its name',
      async (tls) => {
        const server = await served({ certificate, implicitTls: tls === 'implicit', users: { u: 'p' } });
        expect(await send(server, {}, { tls, user: 'u', password: 'p' })).toMatchObject({ outcome: 'retry' });
        expect(server.commands.filter((line) => /^(AUTH|MAIL)/.test(line))).toEqual([]);
      },
    );

    it('insists on STARTTLS', async () => {
      const server = await served({ users: { u: 'p' } });
      const result = await send(server, {}, { tls: 'starttls', user: 'u', password: 'p' });
      expect(result).toEqual({ outcome: 'rejected', reason: 'smtp: 502 5.5.1 at STARTTLS', status: 502 });
      expect(server.commands.filter((line) => line.startsWith('AUTH'))).toEqual([]);
    });
  });

  describe('addresses', () => {
    it.each([
      ['starttls', '10.0.0.1', 'the address is not public, and outbound.allow_private does not list it'],
      ['none', '10.0.0.1', 'mail without TLS goes only to addresses that outbound.allow_private lists'],
      ['none', '93.184.216.34', 'mail without TLS goes only to addresses that outbound.allow_private lists'],
    ] as const)('refuses %s to %s', async (tls, address, reason) => {
      const resolve = async () => [{ address, family: 4 }];
      const email = emailTo(25, { tls }, { resolve });
      expect(await email.send(aNotification(), aSendContext())).toEqual({ outcome: 'rejected', reason });
    });

    it('connects to the vetted address, whatever the name says by then', async () => {
      const server = await served();
      let asked = 0;
      const resolve = async () => {
        asked += 1;
        return [{ address: '127.0.0.1', family: 4 }];
      };
      const email = emailTo(server.port, { host: 'no-such-name.invalid' }, { resolve });
      expect(await email.send(aNotification(), aSendContext())).toMatchObject({ outcome: 'delivered' });
      expect(asked).toBe(1);
    });

    it('tries again when the name cannot be resolved', async () => {
      const resolve = async () => {
        throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
      };
      const result = await emailTo(25, {}, { resolve }).send(aNotification(), aSendContext());
      expect(result).toEqual({ outcome: 'retry', reason: 'the name could not be resolved (ENOTFOUND)' });
    });
  });
});

function pour(socket: Socket, text: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', more);
  more();
}

function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write('2'), 10);
  socket.on('close', () => clearInterval(timer));
}
