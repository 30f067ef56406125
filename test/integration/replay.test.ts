import { afterEach, beforeEach, expect, test } from 'vitest';
import { createArchiveBatch } from '../../activities/retention.ts';
import type { AlertEvent } from '../../domain/events/alert-events.ts';
import { alertStreamOf, incidentStreamOf } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { writeCheckpoint } from '../../store/checkpoints.ts';
import type { LaneWriter } from '../../store/lane-writer.ts';
import { projectIncident } from '../../views/incident-projector.ts';
import { type ReplayOptions, type ReplayProgress, runReplay } from '../../workers/replay.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { anAlert, anAlertEvent } from '../support/view-alerts.ts';
import { openIncident } from '../support/view-incidents.ts';
import { appendAlerts, appendTo, openViewStage, type ViewStage } from '../support/view-stage.ts';

let ownDatabase: TestDatabase;
let stage: ViewStage;
let ingest: LaneWriter;

beforeEach(async () => {
  ownDatabase = await createTestDatabase();
  stage = await openViewStage(ownDatabase.url);
  ingest = await stage.openLane();
});

afterEach(async () => {
  await stage[Symbol.asyncDispose]();
  await ownDatabase[Symbol.asyncDispose]();
});

interface Replayed {
  readonly lines: readonly Record<string, unknown>[];
  readonly progress: readonly ReplayProgress[];
}

async function replay(changes: Partial<ReplayOptions> = {}) {
  const texts: string[] = [];
  const progress: ReplayProgress[] = [];
  const report = await runReplay({
    databaseUrl: ownDatabase.url,
    into: 'views',
    restart: false,
    write: async (text) => void texts.push(text),
    onProgress: (one) => void progress.push(one),
    signal: new AbortController().signal,
    ...changes,
  });
  const lines = texts
    .join('')
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  const replayed: Replayed = {
    lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    progress,
  };
  return { ...report, ...replayed };
}

const alertNamed = (name: string) => anAlert({ fingerprint: name, labels: { alertname: name } });

async function appendSome(): Promise<void> {
  const bodies: AlertEvent[] = Array.from({ length: 40 }, (_, index) => {
    const alert = alertNamed(`a${index % 16}`);
    if (index < 16) return anAlertEvent('AlertFired', { alert });
    if (index < 32) return anAlertEvent('AlertRepeated', { alert, count: index });
    return anAlertEvent('AlertResolved', { alert: { ...alert, status: 'resolved' } });
  });
  await appendAlerts(stage, ingest, bodies);
}

async function fold(): Promise<void> {
  const folder = stage.openFolder(ingest.lane);
  await folder.flush();
  await folder.close();
}

const readViews = (table: 'alert_views' | 'incident_views', key: string) =>
  stage.database.query(`SELECT * FROM ${table} ORDER BY ${key}`);

async function insertMany(count: number): Promise<void> {
  const data = JSON.stringify(anAlertEvent('AlertFired').data).replace('"f1"', `"' || number || '"`);
  await stage.database.query(
    `INSERT INTO event_log (lane, position, stream_id, version, type, event_id, hlc, data, metadata)
     SELECT ${ingest.lane}, number, 'alert-' || number, 0, 'AlertFired', gen_random_uuid(), 65536 + number,
       ('${data}')::json, '{}' FROM generate_series(0, $1::integer - 1) AS number`,
    [count],
  );
}

test('views that were lost are what they were, beside a log that goes on', async () => {
  await appendSome();
  const recorder = await stage.openLane('record');
  const ids = [await openIncident(recorder), await openIncident(recorder)];
  for (const id of ids) await projectIncident({ ...stage, now: Date.now }, id);
  await fold();
  const alerts = await readViews('alert_views', 'stream_id');
  const incidents = await readViews('incident_views', 'incident_id');
  await stage.database.query('TRUNCATE alert_views, incident_views');
  const progress = await stage.database.query('SELECT * FROM alert_view_progress WHERE position >= 0');

  const report = await replay();
  expect(report).toMatchObject({ finished: true, undecodable: 0, views: alerts.length + 2 });
  expect(await readViews('alert_views', 'stream_id')).toEqual(alerts);
  expect(await readViews('incident_views', 'incident_id')).toEqual(incidents);
  expect(await stage.database.query('SELECT * FROM alert_view_progress WHERE position >= 0')).toEqual(
    progress,
  );

  // once more, over views that are there
  await replay();
  expect(await readViews('alert_views', 'stream_id')).toEqual(alerts);
});

test('an old event never overwrites a newer view', async () => {
  await appendSome();
  await fold();
  const alerts = await readViews('alert_views', 'stream_id');
  await replay({ from: '0', to: '15' });
  expect(await readViews('alert_views', 'stream_id')).toEqual(alerts);
});

test('lines hold every event in order, whether it can be decoded or not', async () => {
  await appendSome();
  await stage.database.query(
    `UPDATE event_log SET type = 'FromTheFuture', data = '{\n"a": 1}' WHERE position = 7`,
  );
  const { lines, finished } = await replay({ into: 'stdout' });
  expect(finished).toBe(true);
  expect(lines.map(({ position }) => position)).toEqual(Array.from({ length: 40 }, (_, index) => index));
  expect(lines[7]).toMatchObject({ type: 'FromTheFuture', data: { a: 1 } });
  const [first] = await stage.log.readStream(alertStreamOf(alertNamed('a0')), { limit: 1 });
  const { body, ...rest } = first ?? { body: undefined };
  expect(lines[0]).toEqual({ ...rest, schemaVersion: 1, type: body?.type, data: body?.data });
});

test('bounds are positions of every lane, or of the lanes named', async () => {
  await appendSome();
  const second = await stage.openLane();
  await appendAlerts(stage, second, [
    anAlertEvent('AlertFired', { alert: alertNamed('b0') }),
    anAlertEvent('AlertFired', { alert: alertNamed('b1') }),
  ]);
  const placesOf = async (changes: Partial<ReplayOptions>) => {
    const { lines } = await replay({ into: 'stdout', ...changes });
    return lines.map(({ lane, position }) => `${lane}:${position}`);
  };
  expect(await placesOf({ from: '1', to: '2' })).toEqual(['1:1', '1:2', '2:1']);
  expect(await placesOf({ from: '1:38,2:1' })).toEqual(['1:38', '1:39', '2:1']);
  expect(await placesOf({ to: '2:0' })).toEqual(['2:0']);
  expect(await placesOf({ lane: 2 })).toEqual(['2:0', '2:1']);
  expect(await placesOf({ lane: 9 })).toEqual([]);
  await expect(placesOf({ from: '1:2,x' })).rejects.toMatchObject({ code: 'invalid_request' });
});

test('a replay that is stopped goes on where it was, and then begins anew', async () => {
  const count = 4 * limits.maxReadEvents + 10;
  await insertMany(count);
  const stopping = new AbortController();
  const first = await replay({
    signal: stopping.signal,
    onProgress: ({ events }) => events > 0 && stopping.abort(),
  });
  expect(first).toMatchObject({ finished: false, resumed: 0 });
  expect(first.events).toBeLessThan(count);
  const second = await replay();
  expect(second).toMatchObject({ finished: true, resumed: first.events, done: count });
  expect(second.events).toBe(count - first.events);
  expect(await readViews('alert_views', 'stream_id')).toHaveLength(count);
  const third = await replay();
  expect(third).toMatchObject({ resumed: 0, events: count });
});

test('another replay does not go on where this one was stopped, and neither does one that is told to begin anew', async () => {
  await insertMany(4 * limits.maxReadEvents);
  const stopping = new AbortController();
  const stopped = {
    signal: stopping.signal,
    onProgress: ({ events }: ReplayProgress) => events > 0 && stopping.abort(),
  };
  await replay({ into: 'stdout', ...stopped, write: async () => {} });
  expect((await replay({ into: 'stdout', from: '0' })).resumed).toBe(0);
  expect((await replay({ into: 'stdout', restart: true })).resumed).toBe(0);
});

test('an event that cannot be decoded is told, and holds up nothing', async () => {
  await appendSome();
  const recorder = await stage.openLane('record');
  const id = await openIncident(recorder);
  const other = await openIncident(recorder);
  await stage.database.query(`UPDATE event_log SET data = '{}' WHERE stream_id = $1 AND version = 1`, [
    incidentStreamOf(id),
  ]);
  await stage.database.query(`UPDATE event_log SET schema_version = 9 WHERE lane = 1 AND position = 3`);
  const report = await replay();
  expect(report).toMatchObject({ finished: true, undecodable: 2 });
  expect(report.firstUndecodable).toMatchObject({ lane: 1, position: 3 });
  const shown = await stage.database.query<{ incident_id: string }>('SELECT incident_id FROM incident_views');
  expect(shown.map(({ incident_id }) => incident_id)).toEqual([other]);
  expect(await readViews('alert_views', 'stream_id')).toHaveLength(16);
});

test('archived alerts stay out of the views, and their events in the lines', async () => {
  await appendSome();
  await appendAlerts(stage, ingest, [anAlertEvent('AlertFired', { alert: alertNamed('last') })]);
  await fold();
  await writeCheckpoint(stage.database, { consumer: 'dispatch', lane: ingest.lane, position: 40 });
  const archive = createArchiveBatch(stage);
  expect((await archive({ kind: 'alerts', beforeMs: Date.now() + 1_000 })).moved).toBe(16);
  const alerts = await readViews('alert_views', 'stream_id');
  expect(alerts).toHaveLength(9);
  await replay();
  expect(await readViews('alert_views', 'stream_id')).toEqual(alerts);
  await stage.database.query('TRUNCATE alert_views');
  await replay();
  expect(await readViews('alert_views', 'stream_id')).toEqual(alerts);
  const { lines } = await replay({ into: 'stdout' });
  expect(lines.map(({ position }) => position)).toEqual(Array.from({ length: 41 }, (_, index) => index));
});

test('what was appended to a lane while it was replayed waits for the next time', async () => {
  await appendSome();
  const report = await replay({
    into: 'stdout',
    write: async () => {
      await appendTo(ingest, 'alert-late', -1, [anAlertEvent('AlertFired')]);
    },
  });
  expect(report).toMatchObject({ finished: true, events: 40 });
});
