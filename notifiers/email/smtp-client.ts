import { connect, type Socket } from 'node:net';
import type { MailServer } from '../../domain/channel/channel.ts';
import { limits } from '../../domain/limits.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { createAddressPolicy } from '../http/address-policy.ts';
import { createDeadline, type Deadline } from '../http/deadline.ts';
import { pinnedTo } from '../http/exchange.ts';
import { faultCodeOf } from '../http/fault-code.ts';
import { createHostResolver, type ResolvedAddress, type ResolveHost } from '../http/resolve-host.ts';
import { type VettedTarget, vetTarget } from '../http/vet-target.ts';
import type { OutgoingMail } from './outgoing-mail.ts';
import { createPlaces, type Places } from './places.ts';
import { converse, type SmtpResult } from './smtp-session.ts';

/** The one way out for mail, under the same address policy as HTTP. */
export interface SmtpClient {
  /** Hands the mail to its server, on a connection of its own. Never rejects, never retries. */
  deliver(mail: OutgoingMail): Promise<SmtpResult>;
  /** Breaks off what is still under way; later mail is refused. */
  close(): void;
}

export interface SmtpClientOptions {
  /** Ranges (CIDR) that are allowed although they are not public; only they may be reached without TLS. */
  readonly allowPrivate: readonly string[];
  readonly logger?: Pick<Logger, 'warn'>;
  readonly resolve?: ResolveHost;
  /** In all. */
  readonly timeoutMs?: number;
  /** To an open connection: name, address, and the wait for a free place. */
  readonly connectTimeoutMs?: number;
}

/** To one server: common ones allow a client 20 at once, or 50. */
const maxConnections = 16;

/** @throws TocsinError `invalid_config` when `allowPrivate` is malformed. */
export function createSmtpClient(options: SmtpClientOptions): SmtpClient {
  const {
    logger,
    timeoutMs = limits.sendTimeoutMs,
    connectTimeoutMs = limits.sendConnectTimeoutMs,
  } = options;
  const policy = createAddressPolicy(options.allowPrivate);
  const resolve = createHostResolver(options.resolve);
  const underWay = new Set<Deadline>();
  const sockets = new Set<Socket>();
  const placesOf = new Map<string, Places>();
  let closed = false;

  async function deliverWithin(mail: OutgoingMail, deadline: Deadline): Promise<SmtpResult> {
    const { server } = mail;
    deadline.limit(connectTimeoutMs, `no connection after ${connectTimeoutMs} ms`);
    try {
      const target = await deadline.race(vetTarget(vettedUrlOf(server), { policy, resolve }));
      if (target.kind === 'refused') return refused(server, target);
      const socket = await open(server, target.addresses, deadline);
      deadline.lift();
      return await converse({ mail, socket, deadline });
    } catch (error) {
      // nothing was said yet: `converse` never rejects
      const reason = deadline.signal.aborted
        ? deadline.reason()
        : `the connection failed (${faultCodeOf(error)})`;
      return { kind: 'not_sent', reason, permanent: false };
    }
  }

  function placesAt({ host, port }: MailServer): Places {
    const name = `${host}:${port}`;
    const places = placesOf.get(name) ?? createPlaces(maxConnections);
    placesOf.set(name, places);
    return places;
  }

  function refused(
    { host, tls }: MailServer,
    { reason, permanent }: Extract<VettedTarget, { kind: 'refused' }>,
  ): SmtpResult {
    if (permanent) logger?.warn({ hostname: host }, `outgoing mail refused: ${reason}`);
    if (!permanent || tls !== 'none') return { kind: 'not_sent', reason, permanent };
    const rule = 'mail without TLS goes only to addresses that outbound.allow_private lists';
    return { kind: 'not_sent', reason: rule, permanent };
  }

  async function open(
    server: MailServer,
    addresses: readonly ResolvedAddress[],
    deadline: Deadline,
  ): Promise<Socket> {
    const { host, port } = server;
    const giveBack = await placesAt(server).take(deadline.signal);
    const socket = connect({ host, port, lookup: pinnedTo(addresses) });
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      giveBack();
    });
    const { promise, resolve: opened, reject } = Promise.withResolvers<void>();
    socket.once('connect', opened);
    socket.once('error', reject);
    try {
      await deadline.race(promise);
    } catch (error) {
      socket.on('error', () => undefined);
      socket.destroy();
      throw error;
    }
    socket.off('error', reject);
    return socket;
  }

  return {
    async deliver(mail) {
      if (closed) return { kind: 'not_sent', reason: 'the client is closed', permanent: false };
      using deadline = createDeadline(timeoutMs, mail.signal);
      underWay.add(deadline);
      try {
        return await deliverWithin(mail, deadline);
      } finally {
        underWay.delete(deadline);
      }
    },
    close() {
      closed = true;
      for (const deadline of underWay) deadline.cancel();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** So that the rules for https and http hold for mail with and without TLS. */
function vettedUrlOf({ host, port, tls }: MailServer): string {
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return `${tls === 'none' ? 'http' : 'https'}://${authority}`;
}
