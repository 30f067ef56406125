import { createDeliveryGuard, type ProviderGuard } from '../notifiers/guard/delivery-guard.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { openRedisConnection } from '../views/cache/redis-connection.ts';

export interface OpenDeliveryGuardOptions {
  /** Undefined: what this process learns it keeps to itself. */
  readonly redisUrl: string | undefined;
  readonly prefix: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** The guard over connections of its own, which are closed with it. Nothing waits for Redis. */
export function openDeliveryGuard({ redisUrl, ...options }: OpenDeliveryGuardOptions): ProviderGuard {
  if (redisUrl === undefined) return createDeliveryGuard(options);
  const connect = (purpose: string) =>
    openRedisConnection({ url: redisUrl, purpose, logger: options.logger });
  const redis = { commands: connect('delivery'), messages: connect('circuits') };
  const guard = createDeliveryGuard({ ...options, redis });
  return {
    ...guard,
    close() {
      guard.close();
      redis.commands.disconnect();
      redis.messages.disconnect();
    },
  };
}
