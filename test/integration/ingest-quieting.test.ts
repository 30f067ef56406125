import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TocsinConfig } from '../../config/config.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import { alertStreamOf } from '../../domain/ids.ts';
import { parseMatcher } from '../../domain/matcher/parse-matcher.ts';
import { compileRoutes } from '../../domain/route/route.ts';
import type { QuietRules } from '../../domain/suppression/rules.ts';
import { headOf } from '../../ingest/alert-head.ts';
import type { LaneWriter } from '../../store/lane-writer.ts';
import { createTestDatabase } from '../support/database.ts';
import {
  aConfig,
  anAlert,
  aRoute,
  type IngestNode,
  observationOf,
  openIngestNode,
} from '../support/ingest.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

function withRules(rules: Partial<QuietRules>, changes: Partial<TocsinConfig> = {}): () => TocsinConfig {
  const config = { ...aConfig(), quiet: { inhibit: [], suppress: [], flapping: [], ...rules }, ...changes };
  return () => config;
}

const inhibit = [
  {
    name: 'cause',
    source: [parseMatcher('role="cause"')],
    target: [parseMatcher('role="effect"')],
    equal: ['team'],
  },
];
const cause = (changes: Partial<Alert> = {}) => anAlert({ labels: { role: 'cause', team: 'a' }, ...changes });
const effect = (changes: Partial<Alert> = {}) =>
  anAlert({ labels: { role: 'effect', team: 'a' }, ...changes });

async function typesOf({ log }: IngestNode, alert: Alert): Promise<string[]> {
  return (await log.readStream(alertStreamOf(alert))).map(({ body }) => body.type);
}

/** Somebody else has always just written: each stream is decided about twice. */
function losesOnce(writer: LaneWriter): LaneWriter {
  const lost = new Set<string>();
  return {
    ...writer,
    lane: writer.lane,
    async appendAll(requests) {
      const second = requests.filter(({ stream }) => lost.has(stream));
      const written = second.length > 0 ? await writer.appendAll(second) : [];
      return requests.map(({ stream }) => {
        const isFirst = !lost.has(stream);
        lost.add(stream);
        return isFirst ? { kind: 'stale' } : (written.shift() ?? { kind: 'stale' });
      });
    },
  };
}

test('an alert inhibits those that come with it, of its own tenant, until it clears', async () => {
  await using node = await openIngestNode(database.url, { config: withRules({ inhibit }) });
  const [source, target, stranger, later] = [cause(), effect(), effect({ tenant: 'other' }), effect()];
  await node.accept([source, target, stranger].map(observationOf));
  expect(await typesOf(node, source)).toEqual(['AlertFired']);
  expect(await typesOf(node, target)).toEqual(['AlertFired', 'AlertSuppressed']);
  expect(await typesOf(node, stranger)).toEqual(['AlertFired']);
  await node.accept([observationOf({ ...source, status: 'resolved' })]);
  await node.accept([observationOf(later), { kind: 'rejudge', identity: target }]);
  expect(await typesOf(node, later)).toEqual(['AlertFired']);
  expect(await typesOf(node, target)).toEqual(['AlertFired', 'AlertSuppressed', 'AlertReleased']);
});

test('what is decided twice because another process was first counts once against a rate', async () => {
  const suppress = [{ name: 'few', match: [], rate: { limit: 2, perMs: 3_600_000, by: [] } }];
  const config = withRules({ suppress });
  await using node = await openIngestNode(database.url, { config, around: losesOnce });
  const alerts = [anAlert(), anAlert(), anAlert()];
  for (const alert of alerts) await node.accept([observationOf(alert)]);
  const types = await Promise.all(alerts.map((alert) => typesOf(node, alert)));
  expect(types).toEqual([['AlertFired'], ['AlertFired'], ['AlertFired', 'AlertSuppressed']]);
});

test('what is decided twice because another process was first counts once for a storm', async () => {
  const storm = { threshold: 3, withinMs: 3_600_000, waitMs: 0 };
  const router = compileRoutes([aRoute({ name: 'all', groupBy: ['team'], storm })]);
  await using node = await openIngestNode(database.url, {
    config: withRules({}, { router }),
    around: losesOnce,
  });
  const alerts = ['a', 'b', 'c', 'd'].map((team) => anAlert({ labels: { team } }));
  for (const alert of alerts) await node.accept([observationOf(alert)]);
  const heads = await node.log.readHeads(alerts.map(alertStreamOf));
  const groups = alerts.map((alert) => {
    const head = heads.get(alertStreamOf(alert));
    const state = head === undefined ? undefined : headOf(head).state;
    return state?.status === 'firing' ? Object.keys(state.incidents[0]?.groupLabels ?? {}) : [];
  });
  expect(groups).toEqual([['team'], ['team'], ['team'], ['tocsin_storm']]);
});
