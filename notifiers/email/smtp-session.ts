import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { limits } from '../../domain/limits.ts';
import type { Deadline } from '../http/deadline.ts';
import { faultCodeOf } from '../http/fault-code.ts';
import type { OutgoingMail } from './outgoing-mail.ts';

/** What became of one mail: data, not an exception. */
export type SmtpResult =
  | { readonly kind: 'accepted' }
  /** The server's answer: `code` 4xx passes, 5xx stays (RFC 5321, 4.2.1). `at` is the command that it answers. */
  | { readonly kind: 'refused'; readonly code: number; readonly enhanced?: string; readonly at: string }
  /** The mail was not handed over. `permanent` when another try cannot end otherwise. */
  | { readonly kind: 'not_sent'; readonly reason: string; readonly permanent: boolean }
  /** The mail went out with its last line, and no answer came. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Conversation {
  readonly mail: OutgoingMail;
  /** Open, and nothing was read from it. */
  readonly socket: Socket;
  readonly deadline: Deadline;
}

/** How long a server may take to answer QUIT. */
const hangUpMs = 1_000;
/** Far more than any server says. */
const maxReplyBytes = 65_536;

/** One SMTP session for one mail. Never rejects; ends with the deadline at the latest. */
export function converse({ mail, socket, deadline }: Conversation): Promise<SmtpResult> {
  const { server, from, to } = mail;
  const { promise, resolve } = Promise.withResolvers<SmtpResult>();
  const message = Readable.from([mail.message]);
  let handedOver = false;
  // the final dot goes out behind the last byte: from here on it may have been accepted
  message.once('end', () => {
    handedOver = true;
  });
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    connection: socket,
    secure: server.tls === 'implicit',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    greetingTimeout: limits.sendFirstByteTimeoutMs,
    connectionTimeout: limits.sendTimeoutMs,
    socketTimeout: limits.sendTimeoutMs,
    // nobody waits for a server that pours out nonsense
    socketCloseTimeout: 0,
    maxResponseSize: maxReplyBytes,
  });

  function fail(error: unknown): void {
    resolve(resultOf(error, handedOver, deadline));
    connection.close();
  }
  function onAbort(): void {
    fail(undefined);
    socket.destroy();
  }
  function send(): void {
    const envelope = { from, to: [...to], size: mail.message.length };
    connection.send(envelope, message, (error) => {
      if (error) {
        fail(error);
        return;
      }
      resolve({ kind: 'accepted' });
      connection.quit();
      hangUp(socket);
    });
  }
  function login(): void {
    const { user, password } = server;
    if (user === undefined || password === undefined) send();
    else connection.login({ user, pass: password }, (error) => (error ? fail(error) : send()));
  }

  connection.on('error', fail);
  connection.once('end', () => fail(undefined));
  connection.connect((error) => (error ? fail(error) : login()));
  if (deadline.signal.aborted) onAbort();
  deadline.signal.addEventListener('abort', onAbort, { once: true });
  return promise.finally(() => deadline.signal.removeEventListener('abort', onAbort));
}

/** The answer to QUIT ends the connection, or else this does. */
function hangUp(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), hangUpMs);
  socket.once('close', () => clearTimeout(timer));
}

/** The fields of nodemailer's errors. Their messages hold what the server said, which nobody repeats. */
interface SmtpFault {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
  readonly command?: unknown;
}

function resultOf(error: unknown, handedOver: boolean, deadline: Deadline): SmtpResult {
  const { code, originalCode, responseCode, response, command } = (error ?? {}) as SmtpFault;
  if (typeof responseCode === 'number' && responseCode >= 400 && responseCode <= 599) {
    const enhanced = enhancedCodeIn(response);
    return { kind: 'refused', code: responseCode, at: stageOf(command), ...(enhanced && { enhanced }) };
  }
  const fault = faultCodeOf({ code: originalCode ?? code });
  const cause = deadline.signal.aborted ? deadline.reason() : `the connection broke (${fault})`;
  if (handedOver) return { kind: 'unknown', reason: cause };
  // nothing went out: nodemailer itself refuses an address, or a message beyond the server's SIZE
  const permanent = code === 'EENVELOPE' || code === 'EMESSAGE';
  return {
    kind: 'not_sent',
    reason: permanent ? 'the mail was refused before it was sent' : cause,
    permanent,
  };
}

/** RFC 3463: `550 5.1.1 no such user` has `5.1.1`. */
function enhancedCodeIn(response: unknown): string | undefined {
  if (typeof response !== 'string') return undefined;
  return /^[45]\d{2}[ -]([45]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
}

/** Nodemailer names the command, and `CONN` for what comes before the first one. */
function stageOf(command: unknown): string {
  if (typeof command !== 'string' || command === 'CONN') return 'the greeting';
  return /^AUTH\b/.test(command) ? 'the login' : command;
}
