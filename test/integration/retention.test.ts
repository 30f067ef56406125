import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createArchiveBatch } from '../../activities/retention.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { AlertEvent } from '../../domain/events/alert-events.ts';
import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import type { SilenceEvent } from '../../domain/events/silence-events.ts';
import { alertStreamOf, incidentStreamOf } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { type ArchiveKind, archiveKinds } from '../../domain/retention/archive-kind.ts';
import { writeCheckpoint } from '../../store/checkpoints.ts';
import { consumers } from '../../store/consumers.ts';
import type { LaneWriter } from '../../store/lane-writer.ts';
import { parkEvent } from '../../store/parked-events.ts';
import { projectIncident } from '../../views/incident-projector.ts';
import { readTimeline } from '../../views/read-timeline.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { anAlert, anAlertEvent } from '../support/view-alerts.ts';
import { anAttempt, openIncident } from '../support/view-incidents.ts';
import { appendAlerts, appendTo, openViewStage, type ViewStage } from '../support/view-stage.ts';

let test_: TestDatabase;
let stage: ViewStage;
let ingest: LaneWriter;
let recorder: LaneWriter;

beforeEach(async () => {
  test_ = await createTestDatabase();
  stage = await openViewStage(test_.url);
  ingest = await stage.openLane();
  recorder = await stage.openLane('record');
});

afterEach(async () => {
  await stage[Symbol.asyncDispose]();
  await test_[Symbol.asyncDispose]();
});

const later = () => Date.now() + 3_600_000;

/** One whole run, as the workflow does it; answers the events that it moved. */
async function archiveAll(beforeMs = later(), kinds: readonly ArchiveKind[] = archiveKinds): Promise<number> {
  const archiveBatch = createArchiveBatch(stage);
  let moved = 0;
  for (const kind of kinds) {
    let cursor: string | undefined;
    do {
      const batch = await archiveBatch({ kind, beforeMs, ...(cursor !== undefined && { cursor }) });
      moved += batch.moved;
      cursor = batch.cursor;
    } while (cursor !== undefined);
  }
  return moved;
}

async function appendAndFold(...bodies: AlertEvent[]): Promise<void> {
  const events = await appendAlerts(stage, ingest, bodies);
  const folder = stage.openFolder(ingest.lane);
  await folder.flush();
  await folder.close();
  const position = events.at(-1)?.position ?? -1;
  await writeCheckpoint(stage.database, { consumer: consumers.dispatch, lane: ingest.lane, position });
}

function episode(alert: Alert): AlertEvent[] {
  const over: Alert = { ...alert, status: 'resolved' };
  return [
    anAlertEvent('AlertFired', { alert }),
    anAlertEvent('AlertRepeated', { alert, count: 4 }),
    anAlertEvent('AlertResolved', { alert: over }),
  ];
}

async function countRows(table: 'events' | 'events_archive', stream: string): Promise<number> {
  const rows = await stage.database.query(`SELECT FROM ${table} WHERE stream_id = $1`, [stream]);
  return rows.length;
}

async function viewsOf(stream: string): Promise<number> {
  return (await stage.database.query('SELECT FROM alert_views WHERE stream_id = $1', [stream])).length;
}

/** An incident whose one page was delivered, or was not, and which is over. */
async function closedIncident(outcome: 'delivered' | 'rejected'): Promise<{ id: string; delivery: string }> {
  const id = await openIncident(recorder);
  const stream = incidentStreamOf(id);
  const opened = await stage.log.readStream(stream);
  const requested = opened
    .map(({ body }) => body as IncidentEvent)
    .find(({ type }) => type === 'NotificationRequested');
  if (requested?.type !== 'NotificationRequested') throw new Error('the incident pages nobody');
  const { stream: delivery, body } = anAttempt({ key: requested.data.key, incidentId: id });
  await appendTo(recorder, delivery, -1, [{ ...body, data: { ...body.data, outcome } }]);
  const at = new Date().toISOString();
  await appendTo(recorder, stream, opened.length - 1, [
    { type: 'IncidentResolved', data: { at, reason: 'cleared', positions: {} } },
  ]);
  await projectIncident({ ...stage, now: Date.now }, id);
  return { id, delivery };
}

test('an alert that is over moves, but for its last event; its view goes', async () => {
  const closed = anAlert({ fingerprint: 'closed' });
  const open = anAlert({ fingerprint: 'open' });
  await appendAndFold(...episode(closed), anAlertEvent('AlertFired', { alert: open }));
  expect(await archiveAll()).toBe(2);
  expect(await countRows('events', alertStreamOf(closed))).toBe(1);
  expect(await countRows('events_archive', alertStreamOf(closed))).toBe(2);
  expect(await viewsOf(alertStreamOf(closed))).toBe(0);
  expect(await countRows('events', alertStreamOf(open))).toBe(1);
  expect(await viewsOf(alertStreamOf(open))).toBe(1);
  expect(await archiveAll()).toBe(0);
  const whole = await stage.log.readStream(alertStreamOf(closed));
  expect(whole.map(({ version, body }) => [version, body.type])).toEqual([
    [0, 'AlertFired'],
    [1, 'AlertRepeated'],
    [2, 'AlertResolved'],
  ]);
});

test('an archived alert that fires anew goes on where its versions ended', async () => {
  const alert = anAlert();
  await appendAndFold(
    ...episode(alert),
    anAlertEvent('AlertFired', { alert: anAlert({ fingerprint: 'x' }) }),
  );
  await archiveAll();
  const again = anAlert({ startsAt: '2026-02-01T09:00:00.000Z' });
  await appendAndFold(anAlertEvent('AlertFired', { alert: again }));
  const heads = await stage.log.readHeads([alertStreamOf(alert)]);
  expect(heads.get(alertStreamOf(alert))?.version).toBe(3);
  expect(await viewsOf(alertStreamOf(alert))).toBe(1);
  expect(await archiveAll()).toBe(0);
  const stale = await ingest.append({
    stream: alertStreamOf(alert),
    expectedVersion: -1,
    events: [{ body: anAlertEvent('AlertFired', { alert }), metadata: {} }],
  });
  expect(stale.kind).toBe('stale');
  await appendAndFold(
    anAlertEvent('AlertResolved', { alert: { ...again, status: 'resolved' } }),
    anAlertEvent('AlertFired', { alert: anAlert({ fingerprint: 'y' }) }),
  );
  expect(await archiveAll()).toBe(2);
  expect((await stage.log.readStream(alertStreamOf(alert))).map(({ version }) => version)).toEqual([
    0, 1, 2, 3, 4,
  ]);
});

test('what is too young, not dispatched, not folded or parked stays', async () => {
  const alert = anAlert();
  const stream = alertStreamOf(alert);
  const beforeMs = Date.now() - 1;
  await appendAndFold(
    ...episode(alert),
    anAlertEvent('AlertFired', { alert: anAlert({ fingerprint: 'x' }) }),
  );
  expect(await archiveAll(beforeMs)).toBe(0);

  await stage.database.query('UPDATE checkpoints SET position = 1');
  expect(await archiveAll()).toBe(0);
  await stage.database.query('UPDATE checkpoints SET position = 3');

  await stage.database.query('UPDATE alert_view_progress SET position = 1');
  expect(await archiveAll()).toBe(0);
  await stage.database.query('UPDATE alert_view_progress SET position = 3');

  const parked = { consumer: 'dispatch', lane: ingest.lane, position: 0, stream, version: 0, reason: 'x' };
  await parkEvent(stage.database, parked);
  expect(await archiveAll()).toBe(0);
  await stage.database.query('DELETE FROM parked_events');
  expect(await archiveAll()).toBe(2);
});

test('the last event of a lane stays, so that no position is used twice', async () => {
  const { id, delivery } = await closedIncident('delivered');
  const again = anAttempt({ key: delivery.slice('delivery-'.length), incidentId: id });
  await appendTo(recorder, delivery, 0, [again.body]);
  const tail = await stage.log.readLaneTail(recorder.lane);
  expect(await archiveAll()).toBe(0);
  expect(await stage.log.readLaneTail(recorder.lane)).toBe(tail);
  await openIncident(recorder);
  expect(await archiveAll()).toBeGreaterThan(2);
  expect(await countRows('events', delivery)).toBe(0);
});

test('an incident moves with its deliveries, and its timeline reads on', async () => {
  const { id, delivery } = await closedIncident('delivered');
  const other = await openIncident(recorder);
  const before = await readTimeline(stage.log, id);
  const events = await countRows('events', incidentStreamOf(id));
  expect(await archiveAll()).toBe(events);
  expect(await countRows('events', incidentStreamOf(id))).toBe(1);
  expect(await countRows('events', delivery)).toBe(0);
  expect(await readTimeline(stage.log, id)).toEqual(before);
  expect(before?.value.entries.some(({ kind }) => kind === 'DeliveryAttempted')).toBe(true);
  expect(await stage.database.query('SELECT FROM incident_views WHERE incident_id = $1', [id])).toHaveLength(
    1,
  );
  expect(await countRows('events_archive', incidentStreamOf(other))).toBe(0);
  expect(await archiveAll()).toBe(0);
});

test('no late message opens an archived incident anew', async () => {
  const { id } = await closedIncident('delivered');
  await openIncident(recorder);
  await archiveAll();
  const [first] = await stage.log.readStream(incidentStreamOf(id), { limit: 1 });
  const events = first === undefined ? [] : [{ body: first.body, metadata: {} }];
  const result = await recorder.append({ stream: incidentStreamOf(id), expectedVersion: -1, events });
  expect(result.kind).toBe('stale');
});

test('a dead letter can still be redelivered: its stream goes on', async () => {
  const { delivery } = await closedIncident('rejected');
  await openIncident(recorder);
  await archiveAll();
  const [last] = (await stage.log.readStream(delivery)).slice(-1);
  const body = last?.body ?? { type: '', data: {} };
  await expect(appendTo(recorder, delivery, last?.version ?? -1, [body])).resolves.toHaveLength(1);
});

test('a silence that ended long ago moves whole; one that only began then stays', async () => {
  const silence = (endsAt: string): { stream: string; body: SilenceEvent } => {
    const id = randomUUID();
    const at = '2026-01-05T09:00:00.000Z';
    const matchers = [{ name: 'a', operator: '=' as const, value: 'b' }];
    const value = { id, tenant: 'default', matchers, startsAt: at, endsAt, createdBy: 'amy', comment: 'c' };
    return {
      stream: `silence-${id}`,
      body: { type: 'SilenceCreated', data: { at, by: 'amy', silence: value } },
    };
  };
  const ended = silence('2026-01-06T09:00:00.000Z');
  const standing = silence(new Date(Date.now() + 90_000_000).toISOString());
  for (const { stream, body } of [ended, standing]) await appendTo(ingest, stream, -1, [body]);
  expect(await archiveAll()).toBe(1);
  expect(await countRows('events', ended.stream)).toBe(0);
  expect(await stage.log.readStream(ended.stream)).toHaveLength(1);
  expect(await countRows('events', standing.stream)).toBe(1);
});

test('a long stream moves in bounded batches, each event once, and is seen whole all the while', async () => {
  const alert = anAlert();
  const stream = alertStreamOf(alert);
  await stage.database.query(
    `INSERT INTO event_log (lane, position, stream_id, version, type, event_id, hlc, data, metadata)
     SELECT $1, number, $2, number, 'AlertRepeated', gen_random_uuid(), 65536, $3, '{}'
     FROM generate_series(0, $4::integer) AS number`,
    [
      ingest.lane,
      stream,
      JSON.stringify(anAlertEvent('AlertRepeated', { alert }).data),
      limits.maxArchiveEvents + 2,
    ],
  );
  await stage.database.query(`UPDATE event_log SET type = 'AlertResolved', data = $1 WHERE version = $2`, [
    JSON.stringify(anAlertEvent('AlertResolved').data),
    limits.maxArchiveEvents + 2,
  ]);
  const folder = stage.openFolder(ingest.lane);
  await folder.flush();
  const lane = { consumer: consumers.dispatch, lane: ingest.lane, position: limits.maxArchiveEvents + 2 };
  await writeCheckpoint(stage.database, lane);
  const archiveBatch = createArchiveBatch(stage);
  const first = await archiveBatch({ kind: 'alerts', beforeMs: later() });
  expect(first).toEqual({ moved: limits.maxArchiveEvents, cursor: '' });
  expect(await viewsOf(stream)).toBe(1);
  expect((await stage.log.readStream(stream, { afterVersion: 4_990, limit: 20 })).length).toBe(12);
  const [one, two] = await Promise.all([
    archiveBatch({ kind: 'alerts', beforeMs: later() }),
    archiveBatch({ kind: 'alerts', beforeMs: later() }),
  ]);
  expect((one?.moved ?? 0) + (two?.moved ?? 0)).toBe(2);
  expect(await viewsOf(stream)).toBe(0);
  expect(await countRows('events', stream)).toBe(1);
  expect(await countRows('events_archive', stream)).toBe(limits.maxArchiveEvents + 2);
});
