import { limits } from '../../domain/limits.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { createBreaker } from './breaker.ts';
import { decodeEntry, encodeEntry, type SharedEntry } from './cache-entry.ts';
import { openRedisConnection } from './redis-connection.ts';
import { dropScript, raiseScript, readOrLeaseScript, releaseScript, writeScript } from './redis-scripts.ts';

export interface RedisTierOptions {
  readonly url: string;
  /** Put before every key and channel, so that one Redis can serve several installations. */
  readonly prefix: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds of a clock that does not step back. */
  readonly now?: () => number;
}

export interface ViewKey {
  /** Name and shape of the view, such as `incident.1`. */
  readonly view: string;
  readonly id: string;
}

export type SharedRead =
  /** `restMs` is how long it may still be kept. */
  | ({ readonly kind: 'entry'; readonly restMs: number } & SharedEntry)
  /** The caller holds the lease: it loads, writes and releases. */
  | { readonly kind: 'leased' }
  /** Somebody else is loading. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'unavailable' };

export type Raised =
  | { readonly kind: 'raised'; readonly generation: number }
  /** The last generation began so lately that nothing is told again. */
  | { readonly kind: 'recent' }
  | { readonly kind: 'unavailable' };

/** The tier that processes share. It never rejects: what fails is counted and answered as `unavailable`. */
export interface RedisTier {
  isReady(): boolean;
  readOrLease(key: ViewKey, lease: { minVersion: number; token: string }): Promise<SharedRead>;
  /** Keeps the entry unless a newer version is known. */
  write(key: ViewKey, entry: SharedEntry, ttlMs: number): Promise<void>;
  release(key: ViewKey, token: string): Promise<void>;
  /** Refuses versions below `version` from now on, and tells the other processes. */
  drop(key: ViewKey, version: number): Promise<void>;
  /** Begins a new generation and tells it to all processes as if it were a drop, at most once in `pauseMs`. */
  raise(key: ViewKey, pauseMs: number): Promise<Raised>;
  onDropped(listener: (key: ViewKey, version: number) => void): void;
  close(): void;
}

/** Opens the tier without waiting for Redis; until the connection stands, every call answers `unavailable` at once. */
export function openRedisTier(options: RedisTierOptions): RedisTier {
  const { url, prefix, logger, metrics, now = () => performance.now() } = options;
  const channel = `${prefix}:dropped`;
  const commands = openRedisConnection({ url, purpose: 'commands', logger });
  const invalidations = openRedisConnection({ url, purpose: 'invalidations', logger });
  const breaker = createBreaker(now);
  let isClosed = false;
  const listeners: ((key: ViewKey, version: number) => void)[] = [];

  const failed = (operation: string) => metrics.cacheErrors.inc({ operation });
  const isReady = () => commands.status === 'ready';

  async function run(operation: string, script: string, key: ViewKey, args: (string | number)[]) {
    if (!isReady() || !breaker.allows()) return undefined;
    // the braces keep both keys on one node of a cluster
    const slot = `${prefix}:{${key.view}:${key.id}}`;
    try {
      const answer = await commands.eval(script, 2, `${slot}:entry`, `${slot}:lease`, ...args);
      breaker.succeeded();
      return answer;
    } catch {
      breaker.failed();
      failed(operation);
      return undefined;
    }
  }

  invalidations.on('ready', () => {
    invalidations.subscribe(channel).catch(() => {
      if (isClosed) return;
      failed('subscribe');
      invalidations.disconnect(true); // and connect again
    });
  });
  invalidations.on('message', (_channel: string, message: string) => {
    const dropped = parseDropped(message);
    if (dropped === undefined) failed('message');
    else for (const listener of listeners) listener(dropped.key, dropped.version);
  });

  return {
    isReady,
    async readOrLease(key, { minVersion, token }) {
      const args = [Math.max(minVersion, 0), token, limits.leaseMs];
      const answer = await run('read', readOrLeaseScript, key, args);
      return toSharedRead(answer, () => failed('decode'));
    },
    async write(key, entry, ttlMs) {
      await run('write', writeScript, key, [encodeEntry(entry), ttlMs]);
    },
    async release(key, token) {
      await run('release', releaseScript, key, [token]);
    },
    async drop(key, version) {
      const message = JSON.stringify({ view: key.view, id: key.id, version });
      const empty = encodeEntry({ version, json: '' });
      await run('drop', dropScript, key, [empty, limits.sharedViewTtlMs, channel, message]);
    },
    async raise(key, pauseMs) {
      const answer = await run('raise', raiseScript, key, [pauseMs, channel, key.view, key.id]);
      if (typeof answer !== 'number') return { kind: 'unavailable' };
      return answer === 0 ? { kind: 'recent' } : { kind: 'raised', generation: answer };
    },
    onDropped(listener) {
      listeners.push(listener);
    },
    close() {
      isClosed = true;
      commands.disconnect();
      invalidations.disconnect();
    },
  };
}

function toSharedRead(answer: unknown, onUndecodable: () => void): SharedRead {
  if (!Array.isArray(answer)) return { kind: 'unavailable' };
  const [kind, text, restMs] = answer as unknown[];
  if (kind === 'leased' || kind === 'busy') return { kind };
  const entry = typeof text === 'string' ? decodeEntry(text) : undefined;
  if (entry !== undefined) return { kind: 'entry', restMs: Number(restMs), ...entry };
  onUndecodable();
  return { kind: 'unavailable' };
}

function parseDropped(message: string): { key: ViewKey; version: number } | undefined {
  try {
    const { view, id, version } = JSON.parse(message) as Record<string, unknown>;
    if (typeof view !== 'string' || typeof id !== 'string' || typeof version !== 'number') return undefined;
    return { key: { view, id }, version };
  } catch {
    return undefined;
  }
}
