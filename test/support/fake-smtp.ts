import { type AddressInfo, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type ReadMail, readMail } from './read-mail.ts';
import type { Certificate } from './self-signed.ts';

/** Where in a session something goes wrong; `message` is after the final dot. */
export type SmtpStage =
  | 'greeting'
  | 'EHLO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'message'
  | 'QUIT';

/** A reply such as `451 4.3.0 try later`, or no reply: the connection is reset, or nothing more is said. */
export type SmtpFault = `${number} ${string}` | 'cut' | 'silence';

export interface FakeSmtpOptions {
  /** Who may send; without any, everybody may. */
  readonly users?: Readonly<Record<string, string>>;
  /** Ways to log in that it offers. Default: PLAIN. */
  readonly auth?: readonly ('PLAIN' | 'LOGIN')[];
  /** With a certificate it offers STARTTLS, or speaks TLS from the first byte. */
  readonly certificate?: Certificate;
  readonly implicitTls?: boolean;
  readonly extensions?: readonly string[];
  readonly port?: number;
}

export interface ReceivedMail extends ReadMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly isSecure: boolean;
  /** Who logged in. */
  readonly user?: string;
}

export interface FakeSmtp extends AsyncDisposable {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Every command, passwords included. */
  readonly commands: readonly string[];
  /** One fault for each coming arrival at that stage, in order. */
  next(stage: SmtpStage, ...faults: readonly SmtpFault[]): void;
  openConnections(): number;
  /** Messages that arrived whole, whatever was answered. */
  receivedMessages(): number;
  close(): Promise<void>;
}

/** A small SMTP server (RFC 5321, 4954, 3207) on a free port of 127.0.0.1. */
export async function createFakeSmtp(options: FakeSmtpOptions = {}): Promise<FakeSmtp> {
  const mails: ReceivedMail[] = [];
  const commands: string[] = [];
  const faults = new Map<SmtpStage, SmtpFault[]>();
  const sockets = new Set<Socket>();
  let received = 0;
  const take = (stage: SmtpStage) => faults.get(stage)?.shift();

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    serve(socket, {
      options,
      take,
      onCommand: (line) => commands.push(line),
      onMail: (mail) => mails.push(mail),
      onMessage: () => {
        received += 1;
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));

  const close = async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    commands,
    next: (stage, ...more) => void faults.set(stage, [...(faults.get(stage) ?? []), ...more]),
    openConnections: () => sockets.size,
    receivedMessages: () => received,
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Session {
  readonly options: FakeSmtpOptions;
  take(stage: SmtpStage): SmtpFault | undefined;
  onCommand(line: string): void;
  onMail(mail: ReceivedMail): void;
  onMessage(): void;
}

function serve(plain: Socket, { options, take, onCommand, onMail, onMessage }: Session): void {
  const { users, auth = ['PLAIN'], certificate, implicitTls = false, extensions = [] } = options;
  let socket = plain;
  let isSecure = false;
  let isSilent = false;
  let buffered = '';
  let user: string | undefined;
  let from = '';
  let to: string[] = [];
  /** Takes the next line, or the message up to its dot, and answers it. */
  let pending: { readonly isMessage: boolean; answer(text: string): string | undefined } | undefined;

  function say(reply: string | undefined): void {
    if (reply !== undefined && !isSilent) socket.write(`${reply}\r\n`);
  }

  /** The fault of this stage if there is one, or else what is usual. */
  function at(stage: SmtpStage, usual: () => string | undefined): string | undefined {
    const fault = take(stage);
    if (fault === undefined) return usual();
    if (fault === 'cut') plain.resetAndDestroy();
    else if (fault === 'silence') isSilent = true;
    else return fault;
    return undefined;
  }

  function secure(key: Certificate): void {
    plain.removeListener('data', onData);
    socket = new TLSSocket(plain, { isServer: true, ...key });
    socket.on('error', () => plain.destroy());
    socket.on('data', onData);
    isSecure = true;
    buffered = '';
  }

  function hello(): string {
    const offers = [
      'fake greets you',
      ...extensions,
      ...(certificate !== undefined && !isSecure ? ['STARTTLS'] : []),
      ...(users === undefined ? [] : [`AUTH ${auth.join(' ')}`]),
    ];
    return offers.map((offer, index) => `250${index === offers.length - 1 ? ' ' : '-'}${offer}`).join('\r\n');
  }

  function startTls(): string | undefined {
    if (certificate === undefined) return '502 5.5.1 not here';
    say('220 go on');
    secure(certificate);
    return undefined;
  }

  function logIn(name: string, password: string): string {
    if (users?.[name] !== password) return '535 5.7.8 wrong user or password';
    user = name;
    return '235 2.7.0 welcome';
  }

  function authenticate(line: string): string | undefined {
    const [, method = '', initial = ''] = line.split(' ');
    if (method === 'PLAIN') {
      const [, name = '', password = ''] = fromBase64(initial).split('\0');
      return at('AUTH', () => logIn(name, password));
    }
    pending = {
      isMessage: false,
      answer(name) {
        pending = {
          isMessage: false,
          answer: (password) => at('AUTH', () => logIn(fromBase64(name), fromBase64(password))),
        };
        return `334 ${toBase64('Password:')}`;
      },
    };
    return `334 ${toBase64('Username:')}`;
  }

  function data(): string {
    if (to.length === 0) return '503 5.5.1 no recipients';
    pending = {
      isMessage: true,
      answer(text) {
        onMessage();
        return at('message', () => {
          const raw = text.replace(/^\.\./gm, '.');
          onMail({ ...readMail(raw), from, to, raw, isSecure, ...(user !== undefined && { user }) });
          return '250 2.0.0 queued';
        });
      },
    };
    return '354 go on';
  }

  function command(line: string): string | undefined {
    onCommand(line);
    const verb = line.split(' ')[0]?.toUpperCase() ?? '';
    if (users !== undefined && user === undefined && /^(MAIL|RCPT|DATA)$/.test(verb)) {
      return '530 5.7.0 log in first';
    }
    switch (verb) {
      case 'EHLO':
        return at('EHLO', hello);
      case 'STARTTLS':
        return at('STARTTLS', startTls);
      case 'AUTH':
        return authenticate(line);
      case 'MAIL':
        return at('MAIL', () => {
          from = addressIn(line);
          to = [];
          return '250 2.1.0 ok';
        });
      case 'RCPT':
        return at('RCPT', () => {
          to = [...to, addressIn(line)];
          return '250 2.1.5 ok';
        });
      case 'DATA':
        return at('DATA', data);
      case 'QUIT':
        return at('QUIT', () => {
          socket.end('221 2.0.0 bye\r\n');
          return undefined;
        });
      default:
        return '500 5.5.2 what?';
    }
  }

  function onData(chunk: Buffer): void {
    buffered += chunk.toString('latin1');
    while (!isSilent) {
      const waiting = pending;
      const mark = waiting?.isMessage === true ? '\r\n.\r\n' : '\r\n';
      const end = buffered.indexOf(mark);
      if (end < 0) return;
      const text = buffered.slice(0, end);
      buffered = buffered.slice(end + mark.length);
      pending = undefined;
      say(waiting === undefined ? command(text) : waiting.answer(text));
    }
  }

  if (implicitTls && certificate !== undefined) secure(certificate);
  else socket.on('data', onData);
  say(at('greeting', () => '220 fake ESMTP'));
}

function addressIn(line: string): string {
  return /:<([^>]*)>/.exec(line)?.[1] ?? '';
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
