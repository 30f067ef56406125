import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { limits } from '../../domain/limits.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { createAddressPolicy } from './address-policy.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { exchange, type OutgoingMethod, type OutgoingResult } from './exchange.ts';
import { createHostResolver, type ResolveHost } from './resolve-host.ts';
import { type VettedTarget, vetTarget } from './vet-target.ts';

export interface OutgoingRequest {
  readonly url: string;
  /** Default: `POST`. */
  readonly method?: OutgoingMethod;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for `GET`. */
  readonly body: string;
  /** Also ends the wait at a deadline of the caller's, by `AbortSignal.timeout`. */
  readonly signal: AbortSignal;
  /** Of the answer's body. Default: `limits.maxResponseBytes`. */
  readonly maxResponseBytes?: number;
}

/** The one way out: every request that tocsin makes to a provider goes through it. */
export interface GuardedHttpClient {
  /** Sends one request. Never rejects, never retries, never follows a redirect; takes at most the timeout in all. */
  post(request: OutgoingRequest): Promise<OutgoingResult>;
  /** Breaks off what is still under way; later requests are refused. */
  close(): void;
}

export interface GuardedHttpClientOptions {
  /** Ranges (CIDR) that are allowed although they are not public; they may also be reached by plain http. */
  readonly allowPrivate: readonly string[];
  readonly logger?: Pick<Logger, 'warn'>;
  readonly resolve?: ResolveHost;
  /** In all. */
  readonly timeoutMs?: number;
  /** To an open connection: name, address, handshake, and the wait for a free place. */
  readonly connectTimeoutMs?: number;
  /** From there to the head of the answer. */
  readonly firstByteTimeoutMs?: number;
}

const agentOptions: AgentOptions = {
  keepAlive: true,
  maxSockets: limits.maxSocketsPerHost,
  maxTotalSockets: limits.maxOutgoingSockets,
  maxFreeSockets: limits.maxIdleSockets,
  // Only idle sockets are closed by it; shorter than what servers wait, so that a page seldom meets a dying connection.
  timeout: limits.idleSocketMs,
};

/** @throws TocsinError `invalid_config` when `allowPrivate` is malformed. */
export function createGuardedHttpClient(options: GuardedHttpClientOptions): GuardedHttpClient {
  const {
    logger,
    timeoutMs = limits.sendTimeoutMs,
    connectTimeoutMs = limits.sendConnectTimeoutMs,
    firstByteTimeoutMs = limits.sendFirstByteTimeoutMs,
  } = options;
  const policy = createAddressPolicy(options.allowPrivate);
  const resolve = createHostResolver(options.resolve);
  const agents = { 'http:': new HttpAgent(agentOptions), 'https:': new HttpsAgent(agentOptions) };
  const underWay = new Set<Deadline>();
  let closed = false;

  async function postWithin(request: OutgoingRequest, deadline: Deadline): Promise<OutgoingResult> {
    deadline.limit(connectTimeoutMs, `no connection after ${connectTimeoutMs} ms`);
    let target: VettedTarget;
    try {
      target = await deadline.race(vetTarget(request.url, { policy, resolve }));
    } catch {
      // vetTarget itself never rejects: only the deadline does.
      return { kind: 'not_sent', reason: deadline.reason(), permanent: false };
    }
    if (target.kind === 'refused') {
      const { reason, permanent, hostname } = target;
      if (permanent) logger?.warn({ hostname }, `outgoing request refused: ${reason}`);
      return { kind: 'not_sent', reason, permanent };
    }
    const { url, addresses } = target;
    const agent = url.protocol === 'https:' ? agents['https:'] : agents['http:'];
    const { method = 'POST', headers, body, maxResponseBytes = limits.maxResponseBytes } = request;
    const sent = { method, headers, body, maxResponseBytes };
    return exchange({ url, addresses, agent, deadline, firstByteTimeoutMs, ...sent });
  }

  return {
    async post(request) {
      if (closed) return { kind: 'not_sent', reason: 'the client is closed', permanent: false };
      using deadline = createDeadline(timeoutMs, request.signal);
      underWay.add(deadline);
      try {
        return await postWithin(request, deadline);
      } finally {
        underWay.delete(deadline);
      }
    },
    close() {
      closed = true;
      for (const deadline of underWay) deadline.cancel();
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}
