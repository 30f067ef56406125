import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeliveryDesk } from '../../api/delivery-desk.ts';
import type { Redelivery } from '../../dispatch/redeliver.ts';
import { TocsinError } from '../../domain/errors.ts';
import type { EventBody } from '../../domain/events/envelope.ts';
import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import { deliveryStreamOf, incidentStreamOf, sha256Hex } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import type { LaneWriter } from '../../store/lane-writer.ts';
import { countDeadLetters, findWaitingDeadLetters } from '../../views/dead-letters.ts';
import { settleDiscards, writeDeliveryViews } from '../../views/delivery-view-table.ts';
import { type DeliveryChanges, foldDelivery } from '../../views/fold-deliveries.ts';
import { readIncident } from '../../views/fold-incident.ts';
import { createIncidentProjector, projectIncident } from '../../views/incident-projector.ts';
import { readTimeline } from '../../views/read-timeline.ts';
import { createRebuildIncidentViews } from '../../views/rebuild-incident-views.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { opsTarget } from '../support/incident-events.ts';
import { rebuiltDeliveries, shownDeliveries } from '../support/view-deliveries.ts';
import { anAttempt, openedMs, openIncident } from '../support/view-incidents.ts';
import { appendTo, openViewStage, type ViewStage } from '../support/view-stage.ts';

let db: TestDatabase;
let stage: ViewStage;
let writer: LaneWriter;
let ingest: LaneWriter;
beforeAll(async () => {
  db = await createTestDatabase();
  stage = await openViewStage(db.url);
  writer = await stage.openLane('record');
  ingest = await stage.openLane('ingest');
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
});

const at = (seconds: number) => new Date(openedMs + seconds * 1_000).toISOString();
const nowMs = openedMs + 3_600_000;

/** A key and a channel of its own, so that tests share a database without sharing letters. */
const aKey = () => sha256Hex(randomUUID());
const aChannel = () => `channel-${randomUUID()}`;

interface Requested {
  readonly key: string;
  readonly channel?: string;
  readonly kind?: 'page' | 'update' | 'undo';
  readonly provider?: string;
  readonly seconds?: number;
}

function requested({ key, channel = 'ops', kind = 'page', provider = 'webhook', seconds = 0 }: Requested) {
  const target = { ...opsTarget, name: `channel:${channel}`, channel, provider };
  const data = { at: at(seconds), key, kind, round: 0, step: 0, sequence: 0, target };
  return { type: 'NotificationRequested', data } satisfies IncidentEvent;
}
const delivered = (key: string, seconds = 1): IncidentEvent => ({
  type: 'NotificationDelivered',
  data: { at: at(seconds), key, providerId: 'm1', attempts: 1 },
});
const dead = (key: string, seconds = 1, outcome?: 'retry' | 'rejected' | 'unknown'): IncidentEvent => ({
  type: 'NotificationDeadLettered',
  data: { at: at(seconds), key, reason: 'busy', attempts: 5, ...(outcome !== undefined && { outcome }) },
});
const redelivered = (key: string, seconds = 2): IncidentEvent => ({
  type: 'NotificationRedelivered',
  data: { at: at(seconds), key, by: 'amy' },
});
const withdrawn = (key: string, seconds = 2): IncidentEvent => ({
  type: 'NotificationFailed',
  data: { at: at(seconds), key, reason: 'nobody needs it any more' },
});
const undone = (of: string, key: string, seconds = 3): IncidentEvent => ({
  type: 'NotificationUndone',
  data: { at: at(seconds), key, of },
});
const acknowledged: IncidentEvent = { type: 'IncidentAcknowledged', data: { at: at(1), by: 'amy' } };

async function record(id: string, events: readonly IncidentEvent[]): Promise<void> {
  const stream = incidentStreamOf(id);
  const version = (await stage.log.readVersions([stream])).get(stream) ?? -1;
  await appendTo(writer, stream, version, events);
}

async function anIncident(events: readonly IncidentEvent[], tenant = 'default'): Promise<string> {
  const id = await openIncident(writer, { subject: { tenant } });
  await record(id, events);
  await projectIncident({ ...stage, now: Date.now }, id);
  return id;
}

async function attempt(incidentId: string, key: string, bodies: readonly EventBody[]): Promise<void> {
  const stream = deliveryStreamOf(key);
  const version = (await stage.log.readVersions([stream])).get(stream) ?? -1;
  await appendTo(writer, stream, version, bodies.length > 0 ? bodies : [anAttempt({ key, incidentId }).body]);
}

function theDesk(fails?: TocsinError) {
  const asked: Redelivery[] = [];
  const desk = createDeliveryDesk({
    ...stage,
    writer: ingest,
    async redeliver(redelivery) {
      if (fails !== undefined) throw fails;
      asked.push(redelivery);
    },
    now: () => nowMs,
  });
  return { asked, desk };
}

const stateOf = async (key: string, tenant = 'default') => (await theDesk().desk.get({ tenant, key })).state;
const because = { by: 'amy', reason: 'bo was called', metadata: { actor: 'amy', via: 'api' } };

describe('the view of deliveries', () => {
  it('shows each with its state, its reason and its times', async () => {
    const [key, channel] = [aKey(), aChannel()];
    const incidentId = await anIncident([requested({ key, channel }), dead(key, 4, 'retry')]);
    const { items } = await theDesk().desk.list({ tenant: 'default', channel, limit: 10 });
    expect(items).toEqual([
      {
        ...{ key, incidentId, kind: 'page', target: `channel:${channel}`, channel, provider: 'webhook' },
        ...{ round: 0, step: 0, state: 'dead', reason: 'busy', outcome: 'retry', attempts: 5 },
        ...{ requestedAt: at(0), updatedAt: at(4) },
      },
    ]);
  });

  it('comes to the same rows step by step, in one go, and by a rebuild', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.nat(7), { maxLength: 12 }),
      fc.nat(3),
      async (choices, cut) => {
        const keys = [aKey(), aKey(), aKey()];
        const [first = '', second = '', undo = ''] = keys;
        const possible = (n: number): IncidentEvent[] => [
          delivered(first, n),
          dead(first, n, 'retry'),
          redelivered(first, n),
          withdrawn(second, n),
          dead(second, n),
          undone(first, undo, n),
          redelivered(second, n),
          acknowledged,
        ];
        const events = [
          ...keys.map((key) => requested({ key })),
          ...choices.flatMap((choice, n) => possible(n + 1)[choice] ?? []),
        ];
        const id = await openIncident(writer);
        const project = createIncidentProjector({ ...stage, now: Date.now });
        const pieces = [events.slice(0, cut), ...events.slice(cut).map((event) => [event])];
        for (const piece of pieces.filter(({ length }) => length > 0)) {
          await record(id, piece);
          await project(id);
        }
        const rebuilt = JSON.parse(JSON.stringify(await rebuiltDeliveries(stage, id)));
        expect(await shownDeliveries(stage, id)).toEqual(rebuilt);
        await stage.database.query('DELETE FROM delivery_views WHERE incident_id = $1', [id]);
        await createRebuildIncidentViews(stage.database)([id]);
        expect(await shownDeliveries(stage, id)).toEqual(rebuilt);
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  it.each(['from its beginning', 'from where it had been'])(
    'keeps the newer row when an older one, read %s, is written late',
    async (from) => {
      const key = aKey();
      const id = await openIncident(writer);
      await record(id, [requested({ key }), dead(key)]);
      await projectIncident({ ...stage, now: Date.now }, id);
      const older: DeliveryChanges = new Map();
      const version = (await readIncident(stage.log, id))?.incident.version ?? -1;
      if (from === 'from its beginning') foldDelivery(older, version - 1, requested({ key }));
      foldDelivery(older, version, dead(key));
      await record(id, [redelivered(key), delivered(key, 5)]);
      await projectIncident({ ...stage, now: Date.now }, id);
      await writeDeliveryViews(stage.database, [{ tenant: 'default', incidentId: id, changes: older }]);
      expect(await stateOf(key)).toBe('delivered');
      expect(await shownDeliveries(stage, id)).toEqual(await rebuiltDeliveries(stage, id));
    },
  );

  it('learns from the streams of notifications what was discarded, when it is made anew', async () => {
    const key = aKey();
    const id = await anIncident([requested({ key }), dead(key)]);
    const { desk } = theDesk();
    await desk.discard({ tenant: 'default', key }, because);
    await stage.database.query('DELETE FROM delivery_views WHERE incident_id = $1', [id]);
    await createRebuildIncidentViews(stage.database)([id]);
    const view = await desk.get({ tenant: 'default', key });
    const discarded = { discardedBy: 'amy', discardedAt: new Date(nowMs).toISOString() };
    expect(view).toMatchObject({ state: 'discarded', ...discarded, discardedReason: 'bo was called' });
    await stage.database.query('DELETE FROM delivery_views WHERE incident_id = $1', [id]);
    await projectIncident({ ...stage, now: Date.now }, id);
    expect(await stateOf(key)).toBe('discarded');
  });
});

describe('the list', () => {
  it('goes through all pages without leaving anything out or showing it twice', async () => {
    const channel = aChannel();
    const keys = Array.from({ length: 7 }, aKey);
    await anIncident(keys.map((key, n) => requested({ key, channel, seconds: n % 3 })));
    const { desk } = theDesk();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { tenant: 'default', channel, limit: 2, ...(cursor !== undefined && { cursor }) };
      const { items, next_cursor } = await desk.list(query);
      seen.push(...items.map(({ key }) => key));
      cursor = next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(new Set(keys));
  });

  it('is filtered by state and incident, and shows nothing of another tenant', async () => {
    const [first, second, foreign] = [aKey(), aKey(), aKey()];
    const incident = await anIncident([requested({ key: first }), requested({ key: second }), dead(first)]);
    await anIncident([requested({ key: foreign }), dead(foreign)], 'other');
    const { desk } = theDesk();
    const listed = async (query: object) =>
      (await desk.list({ tenant: 'default', limit: 200, ...query })).items.map(({ key }) => key);
    expect(await listed({ incident, state: 'dead' })).toEqual([first]);
    // and the page with which it opened
    expect(await listed({ incident })).toEqual(expect.arrayContaining([first, second]));
    expect(await listed({ incident })).toHaveLength(3);
    expect(await listed({ state: 'dead' })).not.toContain(foreign);
    await expect(desk.get({ tenant: 'default', key: foreign })).rejects.toMatchObject({
      code: 'delivery_not_found',
    });
    expect(await stateOf(foreign, 'other')).toBe('dead');
  });

  it('one delivery tells its attempts', async () => {
    const key = aKey();
    const incidentId = await anIncident([requested({ key }), delivered(key)]);
    await attempt(incidentId, key, []);
    const { tries } = await theDesk().desk.get({ tenant: 'default', key });
    expect(tries).toEqual([
      { at: at(1), attempt: 1, outcome: 'delivered', status: 200, providerId: 'm1', durationMs: 34 },
    ]);
  });
});

describe('redelivering', () => {
  it('asks the saga of a dead letter to send it again', async () => {
    const key = aKey();
    const incidentId = await anIncident([requested({ key }), dead(key)]);
    const { desk, asked } = theDesk();
    expect(await desk.redeliver({ tenant: 'default', key }, 'amy')).toEqual({ redelivered: 1 });
    expect(asked).toEqual([{ incidentId, keys: [key], by: 'amy' }]);
  });

  it.each<[string, readonly IncidentEvent['type'][], string]>([
    ['is pending', [], 'delivery_not_dead'],
    ['is delivered', ['NotificationDelivered'], 'delivery_not_dead'],
    [
      'belongs to an incident that is answered',
      ['NotificationDeadLettered', 'IncidentAcknowledged'],
      'delivery_not_needed',
    ],
  ])('refuses what %s', async (_, types, code) => {
    const key = aKey();
    const all = [delivered(key), dead(key), acknowledged];
    await anIncident([requested({ key }), ...all.filter(({ type }) => types.includes(type))]);
    const { desk, asked } = theDesk();
    await expect(desk.redeliver({ tenant: 'default', key }, 'amy')).rejects.toMatchObject({ code });
    expect(asked).toEqual([]);
  });

  it('sends what takes something back although the incident is answered', async () => {
    const key = aKey();
    await anIncident([requested({ key, kind: 'undo' }), dead(key), acknowledged]);
    const { desk, asked } = theDesk();
    await desk.redeliver({ tenant: 'default', key }, 'amy');
    expect(asked).toMatchObject([{ keys: [key] }]);
  });

  it('in bulk takes a channel, an incident or keys, and leaves out what is no dead letter or another tenant’s', async () => {
    const channel = aChannel();
    const [one, two, fine, foreign] = [aKey(), aKey(), aKey(), aKey()];
    const first = await anIncident([
      requested({ key: one, channel }),
      requested({ key: fine, channel }),
      dead(one),
    ]);
    const second = await anIncident([requested({ key: two, channel }), dead(two)]);
    await anIncident([requested({ key: foreign, channel }), dead(foreign)], 'other');
    const { desk, asked } = theDesk();
    const tenant = 'default';
    expect(await desk.redeliverAll({ tenant, channel }, 'amy')).toEqual({ redelivered: 2 });
    expect(asked.map(({ incidentId }) => incidentId).sort()).toEqual([first, second].sort());
    expect(await desk.redeliverAll({ tenant, incident: second }, 'amy')).toEqual({ redelivered: 1 });
    const keys = [one, fine, foreign];
    expect(await desk.redeliverAll({ tenant, keys }, 'amy')).toEqual({ redelivered: 1 });
    expect(asked.at(-1)).toEqual({ incidentId: first, keys: [one], by: 'amy' });
  });

  it('in bulk goes part by part, and asks each saga once for all of its letters', async () => {
    const channel = aChannel();
    const keys = Array.from({ length: limits.maxRedelivered + 5 }, aKey);
    await anIncident([...keys.map((key) => requested({ key, channel })), ...keys.map((key) => dead(key))]);
    const { desk, asked } = theDesk();
    const selection = { tenant: 'default', channel };
    const { redelivered: count, last = '' } = await desk.redeliverAll(selection, 'amy');
    expect([count, asked.length]).toEqual([limits.maxRedelivered, 1]);
    expect(await desk.redeliverAll({ ...selection, after: last }, 'amy')).toEqual({ redelivered: 5 });
    expect(new Set(asked.flatMap((one) => one.keys))).toEqual(new Set(keys));
  });

  it('says when the engine is away', async () => {
    const key = aKey();
    await anIncident([requested({ key }), dead(key)]);
    const { desk } = theDesk(new TocsinError('engine_unavailable'));
    const attempt = desk.redeliver({ tenant: 'default', key }, 'amy');
    await expect(attempt).rejects.toMatchObject({ code: 'engine_unavailable' });
  });
});

describe('discarding', () => {
  it('is a fact of the log, shown by the view and told by the timeline', async () => {
    const key = aKey();
    const id = await anIncident([requested({ key }), dead(key)]);
    await attempt(id, key, []);
    const view = await theDesk().desk.discard({ tenant: 'default', key }, because);
    expect(view).toMatchObject({ state: 'discarded', discardedReason: 'bo was called' });
    const [, discarded] = await stage.log.readStream(deliveryStreamOf(key));
    expect(discarded).toMatchObject({
      body: { type: 'DeliveryDiscarded', data: { key, incidentId: id, by: 'amy', reason: 'bo was called' } },
      metadata: { actor: 'amy', via: 'api' },
    });
    const timeline = await readTimeline(stage.log, id);
    expect(timeline?.value.entries.at(-1)).toMatchObject({ kind: 'DeliveryDiscarded', actor: 'amy' });
  });

  it('is refused for what is no dead letter, and a second time', async () => {
    const [pending, given] = [aKey(), aKey()];
    await anIncident([requested({ key: pending }), requested({ key: given }), dead(given)]);
    const { desk } = theDesk();
    const discard = (key: string) => desk.discard({ tenant: 'default', key }, because);
    await expect(discard(pending)).rejects.toMatchObject({ code: 'delivery_not_dead' });
    await discard(given);
    await expect(discard(given)).rejects.toMatchObject({ code: 'delivery_not_dead' });
    await expect(desk.discard({ tenant: 'other', key: given }, because)).rejects.toMatchObject({
      code: 'delivery_not_found',
    });
  });

  it('of two at once is written down once', async () => {
    const key = aKey();
    await anIncident([requested({ key }), dead(key)]);
    const { desk } = theDesk();
    const both = await Promise.allSettled(
      ['amy', 'bo'].map((by) => desk.discard({ tenant: 'default', key }, { ...because, by })),
    );
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    const events = await stage.log.readStream(deliveryStreamOf(key));
    expect(events).toHaveLength(1);
  });

  it('that a server could not show any more before it died is shown by the next look, or the next request', async () => {
    const keys = [aKey(), aKey()];
    const id = await anIncident(keys.flatMap((key) => [requested({ key }), dead(key)]));
    const [looked = '', asked = ''] = keys;
    for (const key of keys) {
      const data = { at: at(9), key, incidentId: id, by: 'bo', reason: 'was told' };
      await attempt(id, key, [{ type: 'DeliveryDiscarded', data }]);
    }
    expect(await stateOf(looked)).toBe('dead');
    expect(await settleDiscards(stage.database, keys.slice(0, 1))).toEqual(new Set([looked]));
    expect(await stateOf(looked)).toBe('discarded');
    const view = await theDesk().desk.discard({ tenant: 'default', key: asked }, because);
    expect(view).toMatchObject({ state: 'discarded', discardedBy: 'bo', discardedAt: at(9) });
    expect(await stage.log.readStream(deliveryStreamOf(asked))).toHaveLength(1);
  });

  it('a dead letter that a saga sends again all the same is what the saga says', async () => {
    const key = aKey();
    const id = await anIncident([requested({ key }), dead(key)]);
    await theDesk().desk.discard({ tenant: 'default', key }, because);
    await record(id, [redelivered(key), delivered(key, 4)]);
    await projectIncident({ ...stage, now: Date.now }, id);
    expect(await stateOf(key)).toBe('delivered');
    expect(await shownDeliveries(stage, id)).toEqual(await rebuiltDeliveries(stage, id));
  });
});

describe('what is sent again by itself', () => {
  const waiting = async (channel: string, changes: object = {}) => {
    const options = { holding: [], sinceMs: openedMs, perChannel: 50, limit: 500, ...changes };
    const found = await findWaitingDeadLetters({ database: stage.database, ...options });
    return found.filter((letter) => letter.channel === channel);
  };

  it('are pages of open incidents that their provider did not refuse', async () => {
    const channel = aChannel();
    const names = ['waits', 'refused', 'update', 'answered', 'discarded', 'through', 'never tried'] as const;
    const keys = new Map(names.map((name) => [name, aKey()]));
    const keyOf = (name: (typeof names)[number]) => keys.get(name) ?? '';
    const asked = (name: (typeof names)[number], kind: 'page' | 'update' = 'page') =>
      requested({ key: keyOf(name), channel, kind });
    const incidentId = await anIncident([
      asked('waits'),
      dead(keyOf('waits'), 3, 'retry'),
      asked('refused'),
      dead(keyOf('refused'), 1, 'rejected'),
      asked('update', 'update'),
      dead(keyOf('update'), 1, 'retry'),
      asked('discarded'),
      dead(keyOf('discarded'), 1, 'retry'),
      asked('through'),
      delivered(keyOf('through'), 2),
      asked('never tried'),
      dead(keyOf('never tried'), 2),
    ]);
    await anIncident([asked('answered'), dead(keyOf('answered'), 1, 'retry'), acknowledged]);
    await theDesk().desk.discard({ tenant: 'default', key: keyOf('discarded') }, because);
    const letter = { incidentId, channel, channelDeliveredMs: openedMs + 2_000 };
    expect(await waiting(channel)).toEqual([
      { ...letter, key: keyOf('waits'), deadSinceMs: openedMs + 3_000, triedMs: openedMs + 3_000 },
      { ...letter, key: keyOf('never tried'), deadSinceMs: openedMs + 2_000, triedMs: openedMs + 2_000 },
    ]);
  });

  it('what may have arrived is left alone where its channel holds such pages', async () => {
    const channel = aChannel();
    const [key, fine] = [aKey(), aKey()];
    await anIncident([
      requested({ key, channel }),
      requested({ key: fine, channel }),
      dead(key, 1, 'unknown'),
      dead(fine, 1, 'retry'),
    ]);
    expect(await waiting(channel)).toHaveLength(2);
    expect(await waiting(channel, { holding: [channel] })).toMatchObject([{ key: fine }]);
  });

  it('what has been dead for long counts only when its channel took something since', async () => {
    const channel = aChannel();
    const [old, other] = [aKey(), aKey()];
    const id = await anIncident([requested({ key: old, channel }), dead(old, 1, 'retry')]);
    const late = { sinceMs: openedMs + 60_000 };
    expect(await waiting(channel, late)).toEqual([]);
    await record(id, [requested({ key: other, channel }), delivered(other, 2)]);
    await projectIncident({ ...stage, now: Date.now }, id);
    expect(await waiting(channel, late)).toMatchObject([{ key: old }]);
  });

  it('a channel with many leaves room for the others', async () => {
    const [crowded, quiet] = [aChannel(), aChannel()];
    const keys = Array.from({ length: 20 }, aKey);
    const one = aKey();
    await anIncident([
      ...keys.flatMap((key) => [requested({ key, channel: crowded }), dead(key, 1, 'retry')]),
      requested({ key: one, channel: quiet }),
      dead(one, 1, 'retry'),
    ]);
    expect(await waiting(crowded, { perChannel: 5 })).toHaveLength(5);
    expect(await waiting(quiet, { perChannel: 5 })).toHaveLength(1);
  });
});

it('dead letters are counted by provider until they are discarded', async () => {
  const [first, second] = [aKey(), aKey()];
  const provider = `provider-${randomUUID()}`;
  await anIncident([
    requested({ key: first, provider }),
    requested({ key: second, provider }),
    dead(first),
    dead(second),
  ]);
  expect((await countDeadLetters(stage.database)).get(provider)).toBe(2);
  await theDesk().desk.discard({ tenant: 'default', key: first }, because);
  expect((await countDeadLetters(stage.database)).get(provider)).toBe(1);
});
