import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { limits } from '../../domain/limits.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { type Circuits, createCircuits } from './circuits.ts';
import { createLocalPace, type Pace } from './local-pace.ts';
import { createRedisNews } from './redis-news.ts';
import { createRedisPace } from './redis-pace.ts';

export interface DeliveryGuardOptions {
  /** Two connections to the Redis that workers share; the guard does not close them. Absent: each for itself. */
  readonly redis?: { readonly commands: Redis; readonly messages: Redis } | undefined;
  /** Put before every key and channel. */
  readonly prefix: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
}

interface BegunAttempt {
  readonly key: string;
  readonly attempt: number;
}

/** What `activities/delivery-guard.ts` asks for, and what tells of accounts that answer again. */
export interface ProviderGuard extends Circuits {
  readonly reserve: Pace;
  begin(attempt: BegunAttempt): Promise<'first' | 'repeat'>;
  giveBack(attempt: BegunAttempt): Promise<void>;
}

export function createDeliveryGuard(options: DeliveryGuardOptions): ProviderGuard {
  const { redis, prefix, logger, metrics, now } = options;
  const news = redis === undefined ? undefined : createRedisNews({ ...redis, prefix });
  const circuits = createCircuits({ news, logger, metrics, now });
  const alone = createLocalPace(now);
  const keyOf = ({ key, attempt }: BegunAttempt) => `${prefix}:begun:${key}:${attempt}`;

  return {
    ...circuits,
    reserve: redis === undefined ? alone : createRedisPace(redis.commands, prefix, alone),
    async begin(attempt) {
      // without Redis the engine's heartbeats alone tell of it
      const word = randomUUID();
      const kept = await redis?.commands
        .set(keyOf(attempt), word, 'PX', limits.idempotencyWindowMs, 'NX')
        .catch(() => 'OK');
      if (kept !== null) return 'first';
      // a client whose connection broke asks again by itself: then the word that it finds is its own
      const found = await redis?.commands.get(keyOf(attempt)).catch(() => null);
      return found === word ? 'first' : 'repeat';
    },
    async giveBack(attempt) {
      await redis?.commands.del(keyOf(attempt)).catch(() => 0);
    },
    close() {
      news?.close();
      circuits.close();
    },
  };
}
