import type { SourceConfig, TocsinConfig } from '../config/config.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

export interface RatedContext {
  readonly source: Pick<SourceConfig, 'tenant' | 'name' | 'rate'>;
  readonly config: Pick<TocsinConfig, 'admission'> & {
    readonly sources: readonly Pick<SourceConfig, 'tenant' | 'name'>[];
  };
}

/** A bucket that a request draws on. */
export interface AppliedRate {
  readonly reason: 'source_rate' | 'tenant_rate';
  readonly bucket: TokenBucket;
}

export interface RateBuckets {
  of(context: RatedContext): readonly AppliedRate[];
}

/** One bucket for each source and tenant that has a rate; it starts full, and anew when its rate is changed. */
export function createRateBuckets(): RateBuckets {
  const buckets = new Map<string, TokenBucket>();
  let configured: RatedContext['config']['sources'] | undefined;

  /** A bucket whose source is gone is forgotten: there are never more than the configuration names. */
  function forgetOthers(sources: RatedContext['config']['sources']): void {
    configured = sources;
    const keys = new Set(sources.flatMap(({ tenant, name }) => [keyOf(tenant), keyOf(tenant, name)]));
    for (const key of buckets.keys()) if (!keys.has(key)) buckets.delete(key);
  }

  function bucketOf(key: string, rate: TokenBucket['rate']): TokenBucket {
    const known = buckets.get(key);
    if (known?.rate.perSecond === rate.perSecond && known.rate.burst === rate.burst) return known;
    const bucket = createTokenBucket(rate);
    buckets.set(key, bucket);
    return bucket;
  }

  return {
    of({ source: { tenant, name, rate }, config }) {
      if (configured !== config.sources) forgetOthers(config.sources);
      const { perTenant } = config.admission;
      const rates: AppliedRate[] = [];
      if (rate) rates.push({ reason: 'source_rate', bucket: bucketOf(keyOf(tenant, name), rate) });
      if (perTenant) rates.push({ reason: 'tenant_rate', bucket: bucketOf(keyOf(tenant), perTenant) });
      return rates;
    },
  };
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
