/** A process of its own with a view cache: connects, reports `ready`, and on `go` reads one view many times at once. */
import { createMetrics } from '../../telemetry/metrics.ts';
import { openRedisTier } from '../../views/cache/redis-tier.ts';
import { createViewCache } from '../../views/cache/view-cache.ts';
import { eventually } from './eventually.ts';
import { quietLogger } from './quiet-logger.ts';

export interface CacheProcessReport {
  readonly loads: number;
  readonly values: readonly (string | undefined)[];
}

const [url = '', prefix = '', reads = '0'] = process.argv.slice(2);
const loadMs = 100;

const metrics = createMetrics();
const redis = openRedisTier({ url, prefix, logger: quietLogger(), metrics });
const cache = createViewCache<{ text: string }>({ view: 'test', shape: 1, redis, metrics });
let loads = 0;

async function load() {
  loads += 1;
  await new Promise((resolve) => setTimeout(resolve, loadMs));
  return { version: 3, value: { text: 'loaded' } };
}

process.once('message', () => {
  const all = Array.from({ length: Number(reads) }, () => cache.read('cold', { load }));
  void Promise.all(all).then((entries) => {
    const report: CacheProcessReport = { loads, values: entries.map((entry) => entry?.value.text) };
    process.send?.(report, () => {
      redis.close();
      process.disconnect();
    });
  });
});

await eventually(() => (redis.isReady() ? true : undefined), 10_000);
process.send?.('ready');
