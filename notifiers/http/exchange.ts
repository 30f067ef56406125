import {
  type Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import type { Deadline } from './deadline.ts';
import { faultCodeOf } from './fault-code.ts';
import type { ResolvedAddress } from './resolve-host.ts';

/** What became of one request: data, not an exception. */
export type OutgoingResult =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      /** At most as many bytes as the request allows, as sent: nothing is decompressed. */
      readonly body: string;
      /** False when the body was cut, by us or by the wire; the status counts all the same. */
      readonly complete: boolean;
    }
  /** No byte of the request left: nothing was accepted. `permanent` when another try cannot end otherwise. */
  | { readonly kind: 'not_sent'; readonly reason: string; readonly permanent: boolean }
  /** The request, or a part of it, was written, and no answer came. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface ExchangeOptions {
  readonly url: URL;
  /** The connection goes to one of these, whatever the name says by then. */
  readonly addresses: readonly ResolvedAddress[];
  readonly method: OutgoingMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly agent: Agent;
  readonly deadline: Deadline;
  /** From the written request to the head of its answer. */
  readonly firstByteTimeoutMs: number;
  readonly maxResponseBytes: number;
}

export type OutgoingMethod = 'POST' | 'PATCH' | 'GET';

/** Informational answers (RFC 9110, 15.2) that may precede the real one. */
const maxInformational = 16;

/** Sends once, on a connection pinned to vetted addresses. Never rejects, follows no redirect. */
export async function exchange(options: ExchangeOptions): Promise<OutgoingResult> {
  let request: ClientRequest;
  try {
    request = openRequest(options);
  } catch (error) {
    const reason = `the request could not be made (${faultCodeOf(error)})`;
    return { kind: 'not_sent', reason, permanent: true };
  }
  const { promise, resolve } = Promise.withResolvers<OutgoingResult>();
  const { deadline, firstByteTimeoutMs } = options;
  const connection = watchConnection(request, () =>
    deadline.limit(firstByteTimeoutMs, `no answer after ${firstByteTimeoutMs} ms`),
  );
  let informational = 0;
  let answered = false;
  const fail = (error?: Error) => {
    // Once there is a status it counts, however the body ends.
    if (!answered) resolve(failureOf(error, connection.isOpen(), deadline));
  };
  request.on('information', () => {
    informational += 1;
    if (informational > maxInformational) request.destroy();
  });
  // 101 without having been asked: there is no protocol to switch to.
  request.on('upgrade', (response, socket) => {
    socket.destroy();
    resolve(responseOf(response, { body: '', complete: false }));
  });
  request.on('response', (response) => {
    answered = true;
    deadline.lift();
    const read = readBody(response, options.maxResponseBytes);
    void read.then((body) => resolve(responseOf(response, body)));
  });
  request.on('error', fail);
  request.on('close', fail);
  request.end(options.body);
  return promise;
}

function openRequest(options: ExchangeOptions): ClientRequest {
  const { url, method, addresses, headers, body, agent, deadline } = options;
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return open(url, {
    method,
    agent,
    lookup: pinnedTo(addresses),
    signal: deadline.signal,
    headers: {
      'user-agent': 'tocsin',
      ...headers,
      'accept-encoding': 'identity',
      ...(method !== 'GET' && { 'content-length': Buffer.byteLength(body) }),
    },
  });
}

/** A lookup that knows no other answer. */
export function pinnedTo(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    if (options.all === true) {
      callback(null, [...addresses]);
      return;
    }
    const [first] = addresses;
    callback(null, first?.address ?? '', first?.family);
  };
}

/** Once the connection is open its first bytes go out at once; before, and during a TLS handshake, none do. */
function watchConnection(request: ClientRequest, onOpen: () => void): { isOpen(): boolean } {
  let open = false;
  const opened = () => {
    open = true;
    onOpen();
  };
  request.on('socket', (socket: Socket) => {
    if (request.reusedSocket) opened();
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', opened);
  });
  return { isOpen: () => open };
}

function failureOf(error: unknown, open: boolean, deadline: Deadline): OutgoingResult {
  const cause = deadline.signal.aborted ? deadline.reason() : undefined;
  if (open) return { kind: 'unknown', reason: cause ?? `the connection broke (${faultCodeOf(error)})` };
  return {
    kind: 'not_sent',
    reason: cause ?? `the connection failed (${faultCodeOf(error)})`,
    permanent: false,
  };
}

interface ReadBody {
  readonly body: string;
  readonly complete: boolean;
}

function responseOf(response: IncomingMessage, { body, complete }: ReadBody): OutgoingResult {
  return { kind: 'response', status: response.statusCode ?? 0, headers: response.headers, body, complete };
}

function readBody(response: IncomingMessage, maxBytes: number): Promise<ReadBody> {
  const { promise, resolve } = Promise.withResolvers<ReadBody>();
  const chunks: Buffer[] = [];
  let size = 0;
  const finish = (complete: boolean) => {
    const body = Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
    resolve({ body, complete });
  };
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= maxBytes) return;
    finish(false);
    response.destroy();
  });
  response.on('end', () => finish(response.complete));
  response.on('error', () => finish(false));
  response.on('close', () => finish(false));
  return promise;
}
