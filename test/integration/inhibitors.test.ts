import { afterAll, beforeAll, expect, test } from 'vitest';
import { createInhibitorFeed } from '../../api/inhibitor-feed.ts';
import { limits } from '../../domain/limits.ts';
import { parseMatcher } from '../../domain/matcher/parse-matcher.ts';
import type { InhibitRule } from '../../domain/suppression/rules.ts';
import { createQuietWorld } from '../../domain/suppression/world.ts';
import { createTestDatabase } from '../support/database.ts';
import { anAlert, anAlertEvent } from '../support/view-alerts.ts';
import { appendAlerts, openViewStage } from '../support/view-stage.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
});

const target = { tenant: 'default', labels: { role: 'effect' } };

function ruleFor(cause: string): InhibitRule {
  return {
    name: cause,
    source: [parseMatcher(`role="${cause}"`)],
    target: [parseMatcher('role="effect"')],
    equal: [],
  };
}

/** What a process knows of inhibiting alerts, and another one that writes them. */
async function aProcess(cause: string) {
  const stage = await openViewStage(db.url);
  const writer = await stage.openLane();
  const folder = stage.openFolder(writer.lane);
  writer.onCommitted((events) => folder.accept(events));
  const world = createQuietWorld();
  const state = { rules: [ruleFor(cause)], nowMs: 1_000_000 };
  const feed = createInhibitorFeed({
    database: stage.database,
    log: stage.log,
    world,
    config: () => ({ quiet: { inhibit: state.rules, suppress: [], flapping: [] } }),
    now: () => state.nowMs,
  });
  const alert = anAlert({ fingerprint: cause, labels: { role: cause } });
  const stream = () => [...world.inhibitors.streams()][0];
  return {
    state,
    world,
    feed,
    stream,
    isInhibited: () => world.inhibitors.find(state.rules, target) !== undefined,
    async write(type: 'AlertFired' | 'AlertResolved', changes: object = {}) {
      const status = type === 'AlertFired' ? 'firing' : 'resolved';
      const event = anAlertEvent(type, { alert: { ...alert, status } });
      await appendAlerts(stage, writer, [{ ...event, data: { ...event.data, ...changes } } as typeof event]);
      await folder.flush();
    },
    /** Two audits are so far apart that whatever is odd was odd at both. */
    async afterAudits() {
      for (let count = 0; count < 2; count += 1) {
        state.nowMs += limits.inhibitorAuditMs;
        await feed.refresh();
      }
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

test('what another process took in inhibits from the next look on, and until it is over', async () => {
  await using process = await aProcess('marked');
  await process.feed.refresh();
  await process.write('AlertFired', { inhibits: true });
  await process.feed.refresh();
  expect(process.isInhibited()).toBe(true);
  await process.write('AlertResolved');
  await process.feed.refresh();
  expect(process.isInhibited()).toBe(false);
});

test('what only new rules made a source keeps nothing quiet once it ended elsewhere', async () => {
  await using process = await aProcess('unmarked');
  await process.write('AlertFired');
  await process.feed.refresh();
  expect(process.isInhibited()).toBe(true);
  await process.afterAudits();
  expect(process.isInhibited()).toBe(true);
  await process.write('AlertResolved');
  await process.afterAudits();
  expect(process.isInhibited()).toBe(false);
});

test('a firing that was noted and never committed keeps nothing quiet', async () => {
  await using process = await aProcess('uncommitted');
  await process.feed.refresh();
  const alert = { labels: { role: 'uncommitted' } };
  process.world.inhibitors.note({ stream: 'alert-0', tenant: 'default', alert, firing: true });
  await process.feed.refresh();
  expect(process.isInhibited()).toBe(true);
  await process.afterAudits();
  expect(process.isInhibited()).toBe(false);
});

test('an end that was noted and never committed ends nothing', async () => {
  await using process = await aProcess('still-there');
  await process.write('AlertFired', { inhibits: true });
  await process.feed.refresh();
  const stream = process.stream() ?? '';
  process.world.inhibitors.note({ stream, tenant: '', alert: { labels: {} }, firing: false });
  expect(process.isInhibited()).toBe(false);
  await process.afterAudits();
  expect(process.isInhibited()).toBe(true);
});

test('what others still decided under the old rules is found a little later', async () => {
  await using process = await aProcess('late');
  await process.feed.refresh();
  await process.write('AlertFired');
  await process.feed.refresh();
  expect(process.isInhibited()).toBe(false);
  process.state.nowMs += limits.inhibitRulesSpreadMs;
  await process.feed.refresh();
  expect(process.isInhibited()).toBe(true);
});

test('a reload that leaves the rules as they are makes no work', async () => {
  await using process = await aProcess('same');
  await process.write('AlertFired', { inhibits: true });
  await process.feed.refresh();
  const revision = process.feed.revision();
  process.state.rules = [ruleFor('same')];
  await process.feed.refresh();
  expect(process.feed.revision()).toBe(revision);
  expect(process.isInhibited()).toBe(true);
});
