import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import { incidentStreamOf } from '../../domain/ids.ts';
import { fold } from '../../domain/incident/fold.ts';
import { readIncident } from '../../views/fold-incident.ts';
import { projectIncident } from '../../views/incident-projector.ts';
import { toIncidentView } from '../../views/incident-view.ts';
import { writeIncidentView } from '../../views/incident-view-table.ts';
import { createQueries } from '../../views/queries.ts';
import { createViewCaches } from '../../views/view-caches.ts';
import { createTestDatabase } from '../support/database.ts';
import { anAttempt, openedMs, openIncident } from '../support/view-incidents.ts';
import { appendTo, openViewStage, type ViewStage } from '../support/view-stage.ts';

const at = (n: number) => new Date(openedMs + n * 1_000).toISOString();

function project(stage: ViewStage, id: string) {
  return projectIncident({ ...stage, now: Date.now }, id);
}

function queriesOf(stage: ViewStage) {
  return createQueries({ ...stage, caches: createViewCaches(stage) });
}

async function versionOf(stage: ViewStage, id: string): Promise<number> {
  return (await readIncident(stage.log, id))?.incident.version ?? -1;
}

describe('projecting', () => {
  it('keeps the newer view when an older one is written late', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const writer = await stage.openLane('record');
    const id = await openIncident(writer);
    const older = await readIncident(stage.log, id);
    const version = older?.incident.version ?? -1;
    await appendTo(writer, incidentStreamOf(id), version, [
      { type: 'IncidentAcknowledged', data: { at: at(5), by: 'amy' } },
    ]);
    expect(await project(stage, id)).toEqual({ version: version + 1, resolved: false });
    if (older !== undefined) await writeIncidentView(stage.database, older);
    const view = await queriesOf(stage).getIncident({ tenant: 'default', id });
    expect(view).toMatchObject({ state: 'acknowledged', version: version + 1 });
  });

  it('tells whoever listens after the view is there', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const id = await openIncident(await stage.openLane('record'));
    const told: object[] = [];
    const onProjected = async (projected: object) => {
      told.push(projected, ...(await stage.database.query('SELECT version FROM incident_views')));
    };
    const { version } = await projectIncident({ ...stage, now: Date.now, onProjected }, id);
    expect(told).toEqual([{ tenant: 'default', incidentId: id, version }, { version }]);
  });

  it('refuses an incident that has no events', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const attempt = project(stage, randomUUID());
    await expect(attempt).rejects.toThrow(expect.objectContaining({ code: 'incident_not_found' }));
  });

  it('comes to the same view step by step as from the whole stream', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const writer = await stage.openLane('record');
    const property = fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 8 }), async (events) => {
      const id = await openIncident(writer);
      let version = await versionOf(stage, id);
      await project(stage, id);
      for (const event of events) {
        await appendTo(writer, incidentStreamOf(id), version, [event]);
        version += 1;
        await project(stage, id);
      }
      const row = await stage.database.query<{ view: string; version: number }>(
        'SELECT view, version FROM incident_views WHERE incident_id = $1',
        [id],
      );
      const rebuilt = await readIncident(stage.log, id);
      if (rebuilt === undefined) throw new Error('the stream is empty');
      expect(JSON.parse(row[0]?.view ?? '')).toEqual(toIncidentView(rebuilt));
      expect(row[0]?.version).toBe(version);
      const bodies = (await stage.log.readStream(incidentStreamOf(id))).map(
        ({ body }) => body as IncidentEvent,
      );
      expect(rebuilt.incident).toEqual(fold(undefined, bodies));
    });
    await fc.assert(property, { numRuns: 25, verbose: true });
  });
});

const anyEvent: fc.Arbitrary<IncidentEvent> = fc.oneof(
  fc
    .record({ by: fc.constantFrom('amy', 'bo') })
    .map(({ by }): IncidentEvent => ({ type: 'IncidentAcknowledged', data: { at: at(10), by } })),
  fc
    .string({ maxLength: 40, unit: 'grapheme-composite' })
    .map((text): IncidentEvent => ({ type: 'IncidentNoted', data: { at: at(11), by: 'amy', text } })),
  fc
    .nat(1_000)
    .map(
      (n): IncidentEvent => ({ type: 'IncidentSnoozed', data: { at: at(n), by: 'bo', until: at(n + 60) } }),
    ),
  fc.record({ count: fc.integer({ min: 1, max: 9 }), position: fc.nat(1_000) }).map(
    ({ count, position }): IncidentEvent => ({
      type: 'AlertsCleared',
      data: { at: at(12), count, positions: { 1: position } },
    }),
  ),
  fc.nat(5).map((round): IncidentEvent => ({ type: 'EscalationExhausted', data: { at: at(13), round } })),
);

describe('one incident', () => {
  it('is shown from the stream before its view exists', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const id = await openIncident(await stage.openLane('record'));
    const view = await queriesOf(stage).getIncident({ tenant: 'default', id });
    expect(view).toMatchObject({ id, state: 'open' });
  });

  it('shows at least the version that the reader has seen', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const writer = await stage.openLane('record');
    const id = await openIncident(writer);
    const queries = queriesOf(stage);
    const { version } = await project(stage, id);
    await queries.getIncident({ tenant: 'default', id });
    await appendTo(writer, incidentStreamOf(id), version, [
      { type: 'IncidentAcknowledged', data: { at: at(5), by: 'amy' } },
    ]);
    expect(await queries.getIncident({ tenant: 'default', id })).toMatchObject({ state: 'open' });
    const seen = await queries.getIncident({ tenant: 'default', id, minVersion: version + 1 });
    expect(seen).toMatchObject({ state: 'acknowledged', version: version + 1 });
    const beyond = await queries.getIncident({ tenant: 'default', id, minVersion: version + 50 });
    expect(beyond.version).toBe(version + 1);
  });

  it.each([
    ['unknown', randomUUID()],
    ['malformed', "x' OR 1=1"],
    ['endless', 'a'.repeat(10_000)],
    ['upper-case', randomUUID().toUpperCase()],
  ])('is not found by an %s id', async (_name, id) => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const queries = queriesOf(stage);
    const notFound = expect.objectContaining({ code: 'incident_not_found' });
    await expect(queries.getIncident({ tenant: 'default', id })).rejects.toThrow(notFound);
    await expect(queries.getTimeline({ tenant: 'default', id })).rejects.toThrow(notFound);
    expect(await queries.findIncident(id)).toBeUndefined();
  });

  it('does not exist for another tenant', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const id = await openIncident(await stage.openLane('record'), { subject: { tenant: 'acme' } });
    await project(stage, id);
    const queries = queriesOf(stage);
    const notFound = expect.objectContaining({ code: 'incident_not_found' });
    expect(await queries.getIncident({ tenant: 'acme', id })).toMatchObject({ tenant: 'acme' });
    await expect(queries.getIncident({ tenant: 'default', id })).rejects.toThrow(notFound);
    await expect(queries.getTimeline({ tenant: 'default', id })).rejects.toThrow(notFound);
    expect((await queries.listIncidents({ tenant: 'default', limit: 10 })).items).toEqual([]);
  });

  it('is found for commands in the log, however far the view lags', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const writer = await stage.openLane('record');
    const id = await openIncident(writer);
    const queries = queriesOf(stage);
    const version = await versionOf(stage, id);
    expect(await queries.findIncident(id)).toMatchObject({ tenant: 'default', resolved: false, version });
    await appendTo(writer, incidentStreamOf(id), version, [
      { type: 'IncidentResolved', data: { at: at(9), by: 'amy', reason: 'by_human', positions: {} } },
    ]);
    expect(await queries.findIncident(id)).toMatchObject({ resolved: true, version: version + 1 });
  });

  it('has a timeline with each attempt and its answer', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const writer = await stage.openLane('record');
    const id = await openIncident(writer);
    const key = (await readIncident(stage.log, id))?.incident.pending[0]?.key ?? '';
    const attempt = anAttempt({ key, incidentId: id });
    await appendTo(writer, attempt.stream, -1, [attempt.body]);
    const { items } = await queriesOf(stage).getTimeline({ tenant: 'default', id });
    expect(items.map(({ kind }) => kind)).toEqual([
      'IncidentOpened',
      'AlertsAttached',
      'StepStarted',
      'NotificationRequested',
      'DeliveryAttempted',
    ]);
    expect(items.at(-1)?.summary).toBe('page to channel:ops delivered (attempt 1, 200, 34 ms)');
  });
});

describe('lists', () => {
  it('come page by page without loss while new incidents open', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const writer = await stage.openLane('record');
    // several of one instant, so that a page ends between equals
    const ids = new Set<string>();
    for (let n = 0; n < 9; n += 1) {
      const id = await openIncident(writer, { atMs: openedMs + Math.floor(n / 4) });
      await project(stage, id);
      ids.add(id);
    }
    const queries = queriesOf(stage);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await queries.listIncidents({ tenant: 'default', limit: 2, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor ?? undefined;
      await project(stage, await openIncident(writer, { atMs: openedMs + 60_000 }));
    } while (cursor !== undefined);
    expect(seen).toHaveLength(9);
    expect(new Set(seen)).toEqual(ids);
  });

  it('find what was typed, character by character', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const writer = await stage.openLane('record');
    const titles = ['disk 50% full', 'disk 500 full', 'a_b', 'axb', 'c:\\dir', "o'brien", 'ÄRGER über "all"'];
    for (const title of titles) await project(stage, await openIncident(writer, { title }));
    const search = async (q: string) => {
      const { items } = await queriesOf(stage).listIncidents({ tenant: 'default', q, limit: 50 });
      return items.map(({ title }) => title).sort();
    };
    expect(await search('50%')).toEqual(['disk 50% full']);
    expect(await search('a_b')).toEqual(['a_b']);
    expect(await search('c:\\d')).toEqual(['c:\\dir']);
    expect(await search("O'Brien")).toEqual(["o'brien"]);
    expect(await search('ärger')).toEqual(['ÄRGER über "all"']);
    expect(await search("'; DROP TABLE incident_views; --")).toEqual([]);
    expect(await search('\\')).toEqual(['c:\\dir']);
    expect(await search('\0')).toEqual([]);
    expect(await search('')).toHaveLength(titles.length);
  });

  it('filter by state and severity', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const writer = await stage.openLane('record');
    const [a, b] = [await openIncident(writer), await openIncident(writer)];
    await appendTo(writer, incidentStreamOf(a), await versionOf(stage, a), [
      { type: 'IncidentAcknowledged', data: { at: at(5), by: 'amy' } },
    ]);
    for (const id of [a, b]) await project(stage, id);
    const queries = queriesOf(stage);
    const list = async (filter: object) => {
      const page = await queries.listIncidents({ tenant: 'default', limit: 10, ...filter });
      return page.items.map(({ id }) => id);
    };
    expect(await list({ state: 'acknowledged' })).toEqual([a]);
    expect(await list({ state: 'open' })).toEqual([b]);
    expect(await list({ severity: 'critical' })).toHaveLength(2);
    expect(await list({ severity: 'info' })).toEqual([]);
  });

  it('refuse a cursor that is not theirs', async () => {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    const queries = queriesOf(stage);
    const refused = expect.objectContaining({ code: 'invalid_request', path: '/cursor' });
    const query = { tenant: 'default', limit: 10, cursor: 'nonsense' };
    await expect(queries.listIncidents(query)).rejects.toThrow(refused);
    await expect(queries.listAlerts(query)).rejects.toThrow(refused);
  });
});
