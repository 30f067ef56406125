/** A server's queries in a process of its own: connects, reports `ready`, and on `go` asks each many times at once. */
import { openDatabase } from '../../store/database.ts';
import { createEventLog } from '../../store/event-log.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { openRedisTier } from '../../views/cache/redis-tier.ts';
import { createQueries } from '../../views/queries.ts';
import { createViewCaches } from '../../views/view-caches.ts';
import { eventually } from './eventually.ts';
import { quietLogger } from './quiet-logger.ts';

export interface QueryProcessReport {
  /** By the view's name. */
  readonly loads: Readonly<Record<string, number>>;
  /** Items that each answer had. */
  readonly counts: readonly number[];
}

const [databaseUrl = '', redisUrl = '', prefix = '', id = '', reads = '0'] = process.argv.slice(2);
const queryMs = 50;

const logger = quietLogger();
const metrics = createMetrics();
const real = openDatabase({ url: databaseUrl, logger, applicationName: 'query-process' });
// slow enough for all processes to ask before the first has an answer
const database: typeof real = {
  ...real,
  query: async (text, values) => {
    await new Promise((resolve) => setTimeout(resolve, queryMs));
    return real.query(text, values);
  },
};
const redis = openRedisTier({ url: redisUrl, prefix, logger, metrics });
const queries = createQueries({
  database,
  log: createEventLog(database),
  caches: createViewCaches({ redis, metrics }),
});

async function askAll(): Promise<QueryProcessReport> {
  const tenant = 'default';
  const pages = await Promise.all(
    Array.from({ length: Number(reads) }, () => [
      queries.listIncidents({ tenant, state: 'open', limit: 50 }),
      queries.listAlerts({ tenant, limit: 50 }),
      queries.getTimeline({ tenant, id }),
    ]).flat(),
  );
  const { values } = await metrics.cacheLoads.get();
  return {
    loads: Object.fromEntries(values.map(({ labels, value }) => [String(labels.view), value])),
    counts: pages.map(({ items }) => items.length),
  };
}

process.once('message', () => {
  void askAll().then((report) => {
    process.send?.(report, () => {
      redis.close();
      void real.close().then(() => process.disconnect());
    });
  });
});

await real.query('SELECT 1');
await eventually(() => (redis.isReady() ? true : undefined), 10_000);
process.send?.('ready');
