import { Redis } from 'ioredis';
import { limits } from '../../domain/limits.ts';
import type { Logger } from '../../telemetry/logger.ts';

export interface RedisConnectionOptions {
  readonly url: string;
  /** What the connection is for, in the log: `commands`, `invalidations`. */
  readonly purpose: string;
  readonly logger: Logger;
}

const maxReconnectPauseMs = 2_000;

/** Connects in the background and for good; nothing waits for it, and each outage is logged once. */
export function openRedisConnection({ url, purpose, logger }: RedisConnectionOptions): Redis {
  const client = new Redis(url, {
    // every server and proxy speaks it
    protocol: 2,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    autoResubscribe: false,
    commandTimeout: limits.redisTimeoutMs,
    connectTimeout: 1_000,
    keepAlive: 10_000,
    retryStrategy: (attempt) =>
      Math.min(25 * 2 ** Math.min(attempt, 10), maxReconnectPauseMs) * (0.5 + Math.random() / 2),
  });
  let reported = false;
  client.on('error', (error: Error & { code?: string }) => {
    if (reported) return;
    reported = true;
    logger.warn({ purpose, reason: error.code ?? error.name }, 'redis is away: views are read without it');
  });
  client.on('ready', () => {
    if (reported) logger.info({ purpose }, 'redis is back');
    reported = false;
  });
  return client;
}
