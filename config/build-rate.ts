import type { z } from 'zod';
import type { RateConfig } from './config.ts';
import type { rateSchema } from './schema/fields.ts';

/** A source that sends in bursts is not over its rate for that: what is left out stands for five seconds' worth. */
const defaultBurstSeconds = 5;

export function buildRate({ per_second: perSecond, burst }: z.infer<typeof rateSchema>): RateConfig {
  return { perSecond, burst: burst ?? Math.max(1, Math.ceil(perSecond * defaultBurstSeconds)) };
}
