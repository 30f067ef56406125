import { expect, it } from 'vitest';
import { TocsinError } from '../../domain/errors.ts';
import { incidentStreamOf } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { countParked } from '../../store/parked-events.ts';
import { listAlerts } from '../../views/alert-list.ts';
import { countFiring } from '../../views/firing-alerts.ts';
import { readIncident } from '../../views/fold-incident.ts';
import { projectIncident } from '../../views/incident-projector.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { anAlert, anAlertEvent, paymentsWorkflowId } from '../support/view-alerts.ts';
import { openIncident } from '../support/view-incidents.ts';
import { appendAlerts, appendTo, openViewStage, type ViewStage } from '../support/view-stage.ts';

async function shown(stage: ViewStage) {
  const { items } = await listAlerts(stage.database, { tenant: 'default', limit: 200 });
  return items;
}

const fired = (fingerprint: string) => anAlertEvent('AlertFired', { alert: anAlert({ fingerprint }) });
const resolved = (fingerprint: string) =>
  anAlertEvent('AlertResolved', { alert: anAlert({ fingerprint, status: 'resolved' }) });

it('shows an alert soon after it was committed', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const writer = await stage.openLane();
  const folder = stage.openFolder(writer.lane);
  writer.onCommitted((events) => folder.accept(events));
  await appendAlerts(stage, writer, [fired('a'), anAlertEvent('AlertRepeated', { count: 4 })]);
  const items = await eventually(async () => {
    const found = await shown(stage);
    return found.length === 2 ? found : undefined;
  });
  expect(items.find(({ fingerprint }) => fingerprint === 'a')).toMatchObject({
    status: 'firing',
    title: 'disk is full',
    repeatCount: 0,
    startsAt: '2026-01-05T09:00:00.000Z',
  });
  expect(items.find(({ fingerprint }) => fingerprint === 'f1')).toMatchObject({ repeatCount: 4 });
});

it('shows with a firing alert the open incident of its group, and with a cleared one none', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const writer = await stage.openLane();
  const folder = stage.openFolder(writer.lane);
  const record = await stage.openLane('record');
  const [past, open] = [await openIncident(record), await openIncident(record)];
  for (const id of [past, open]) await projectIncident({ ...stage, now: Date.now }, id);
  const elsewhere = anAlertEvent('AlertFired', { alert: anAlert({ fingerprint: 'b' }), workflowIds: ['x'] });
  folder.accept(await appendAlerts(stage, writer, [fired('a'), elsewhere, fired('c'), resolved('c')]));
  await folder.flush();
  const links = async () =>
    new Map((await shown(stage)).map(({ fingerprint, incidentIds }) => [fingerprint, incidentIds]));
  expect((await links()).get('a')).toEqual([past, open].sort());
  const at = new Date().toISOString();
  const version = (await readIncident(stage.log, past))?.incident.version ?? -1;
  await appendTo(record, incidentStreamOf(past), version, [
    { type: 'IncidentResolved', data: { at, reason: 'cleared', positions: {} } },
  ]);
  await projectIncident({ ...stage, now: Date.now }, past);
  const after = await links();
  expect([after.get('a'), after.get('b'), after.get('c')]).toEqual([[open], [], []]);
});

it('catches up from the log with what was committed before it started', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const writer = await stage.openLane();
  const count = limits.maxViewBatch + 50;
  const bodies = Array.from({ length: count }, (_, index) => fired(`f${index}`));
  const events = await appendAlerts(stage, writer, bodies);
  const folder = stage.openFolder(writer.lane);
  await folder.flush();
  expect(folder.reachedPosition()).toBe(events.at(-1)?.position);
  expect(await countFiring(asked(stage, writer.lane, folder.reachedPosition()))).toEqual({ firing: count });
});

it('loses nothing when it is stopped between two writes and another takes over', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const writer = await stage.openLane();
  const first = stage.openFolder(writer.lane);
  first.accept(await appendAlerts(stage, writer, [fired('a')]));
  await first.flush();
  first.accept(await appendAlerts(stage, writer, [resolved('a'), fired('b')]));
  await first.close();
  const second = stage.openFolder(writer.lane);
  await second.flush();
  const statuses = (await shown(stage)).map(({ fingerprint, status }) => `${fingerprint} ${status}`);
  expect(statuses.sort()).toEqual(['a resolved', 'b firing']);
});

it('reads from the log what memory had no room for', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const writer = await stage.openLane();
  const gate = Promise.withResolvers<void>();
  const held: Database = {
    ...stage.database,
    query: async (text, values) => {
      await gate.promise;
      return stage.database.query(text, values);
    },
  };
  const folder = stage.openFolder(writer.lane, { database: held });
  const events = await appendAlerts(stage, writer, [fired('a'), fired('b'), resolved('a')]);
  const crowd = Array.from({ length: limits.maxPendingAlertViews }, () => events.slice(0, 1)).flat();
  folder.accept(crowd);
  folder.accept(events);
  gate.resolve();
  await folder.flush();
  const statuses = (await shown(stage)).map(({ fingerprint, status }) => `${fingerprint} ${status}`);
  expect(statuses.sort()).toEqual(['a resolved', 'b firing']);
});

it('waits through an outage of the database and then shows everything', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const writer = await stage.openLane();
  const outage = { isOn: true, refused: 0 };
  const failing: Database = {
    ...stage.database,
    query: async (text, values) => {
      if (!outage.isOn) return stage.database.query(text, values);
      outage.refused += 1;
      throw new TocsinError('store_unavailable');
    },
  };
  const folder = stage.openFolder(writer.lane, { database: failing });
  folder.accept(await appendAlerts(stage, writer, [fired('a')]));
  await eventually(() => (outage.refused >= 3 ? true : undefined));
  await expect(folder.flush()).rejects.toThrow(expect.objectContaining({ code: 'store_unavailable' }));
  outage.isOn = false;
  await eventually(async () => ((await shown(stage)).length === 1 ? true : undefined));
});

it('never puts an older event over a newer one, whichever lane is folded first', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const [one, two] = [await stage.openLane(), await stage.openLane()];
  const [begun] = await appendAlerts(stage, one, [fired('a')]);
  await appendAlerts(stage, two, [resolved('a')]);
  await stage.openFolder(two.lane).flush();
  await stage.openFolder(one.lane).flush();
  expect(await shown(stage)).toMatchObject([{ status: 'resolved', version: 1 }]);
  const rows = await stage.database.query('SELECT fired_lane, fired_position FROM alert_views');
  expect(rows).toEqual([{ fired_lane: one.lane, fired_position: String(begun?.position) }]);
});

it('parks what it cannot decode, and shows the rest', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const writer = await stage.openLane();
  await appendAlerts(stage, writer, [fired('a'), fired('b'), fired('c')]);
  await stage.database.query(`UPDATE event_log SET data = '{"alert":7}' WHERE position =
    (SELECT position FROM event_log ORDER BY position LIMIT 1 OFFSET 1)`);
  await stage.openFolder(writer.lane).flush();
  expect(await shown(stage)).toHaveLength(2);
  expect(await countParked(stage.database, 'alert-views')).toBe(1);
});

it('parks a row that the database refuses, and shows the rest', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const writer = await stage.openLane();
  const poison = anAlertEvent('AlertFired', {
    alert: anAlert({ fingerprint: 'poison', startsAt: '+012026-01-01T00:00:00.000Z' }),
  });
  const folder = stage.openFolder(writer.lane);
  const events = await appendAlerts(stage, writer, [fired('a'), fired('b'), fired('c')]);
  const [a, b, c] = events;
  if (a === undefined || b === undefined || c === undefined) throw new Error('three were appended');
  await folder.flush();
  await stage.database.query('TRUNCATE alert_views, alert_view_progress');
  const fresh = stage.openFolder(writer.lane, { log: { ...stage.log, readLane: emptyLane } });
  await fresh.flush();
  fresh.accept([a, { ...b, body: poison }, c]);
  await fresh.flush();
  expect((await shown(stage)).map(({ fingerprint }) => fingerprint).sort()).toEqual(['a', 'c']);
  expect(await countParked(stage.database, 'alert-views')).toBe(1);
  expect(fresh.reachedPosition()).toBe(c.position);
});

it('counts what fires only once the view has seen the positions asked for', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const writer = await stage.openLane();
  const folder = stage.openFolder(writer.lane);
  folder.accept(await appendAlerts(stage, writer, [fired('a'), fired('b')]));
  await folder.flush();
  const events = await appendAlerts(stage, writer, [resolved('a')]);
  const last = events.at(-1)?.position ?? -1;
  const count = countFiring(asked(stage, writer.lane, last));
  folder.accept(events);
  expect(await count).toEqual({ firing: 1 });
});

it('says that it is behind rather than counting on old knowledge', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const writer = await stage.openLane();
  const [event] = await appendAlerts(stage, writer, [fired('a')]);
  const attempt = countFiring({ ...asked(stage, writer.lane, event?.position ?? 0), withinMs: 60 });
  await expect(attempt).rejects.toThrow(expect.objectContaining({ code: 'store_unavailable' }));
});

it('does not wait for lanes that carry no alerts', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const positions = { 1000: 99 };
  const options = { database: stage.database, workflowId: paymentsWorkflowId, positions, withinMs: 60 };
  expect(await countFiring(options)).toEqual({ firing: 0 });
});

it('equals a rebuild from the log though its connections were cut all the while', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const lanes = [await stage.openLane(), await stage.openLane()];
  await using pool = openFolderDatabase(db.url);
  for (const writer of lanes) {
    const folder = stage.openFolder(writer.lane, { database: pool.database });
    writer.onCommitted((events) => folder.accept(events));
  }
  const types = ['AlertFired', 'AlertChanged', 'AlertRepeated', 'AlertResolved'] as const;
  for (let round = 0; round < 40; round += 1) {
    const writer = lanes[round % 2];
    const fingerprints = [`f${round % 7}`, `f${round % 11}`];
    const bodies = fingerprints.map((fingerprint, index) => {
      const type = types[(round + index) % types.length] ?? 'AlertFired';
      return anAlertEvent(type, { alert: anAlert({ fingerprint }), count: round });
    });
    if (writer !== undefined) await appendAlerts(stage, writer, bodies);
    if (round % 8 === 7) await cutConnections(stage);
  }
  const tails = await Promise.all(lanes.map(({ lane }) => stage.log.readLaneTail(lane)));
  await eventually(async () => {
    const rows = await stage.database.query<{ position: string }>(
      'SELECT position FROM alert_view_progress ORDER BY lane',
    );
    return rows.every(({ position }, index) => Number(position) === tails[index]) ? rows : undefined;
  }, 20_000);
  const live = await dump(stage);
  await stage.database.query('TRUNCATE alert_views, alert_view_progress');
  for (const { lane } of lanes.toReversed()) await stage.openFolder(lane).flush();
  expect(await dump(stage)).toEqual(live);
  expect(live).toHaveLength(11);
});

const folderName = 'view-folder-test';

/** A pool of the folders' own, so that only their connections are cut. */
function openFolderDatabase(url: string) {
  const database = openDatabase({ url, logger: quietLogger(), applicationName: folderName });
  return { database, [Symbol.asyncDispose]: () => database.close() };
}

async function cutConnections(stage: ViewStage): Promise<void> {
  await stage.database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = $1`,
    [folderName],
  );
}

function dump(stage: ViewStage): Promise<object[]> {
  return stage.database.query('SELECT * FROM alert_views ORDER BY stream_id');
}

async function emptyLane(_lane: number, { afterPosition }: { afterPosition: number }) {
  return { events: [], undecodable: [], lastPosition: afterPosition };
}

function asked(stage: ViewStage, lane: number, position: number) {
  const positions = { [lane]: position };
  return { database: stage.database, workflowId: paymentsWorkflowId, positions, withinMs: 5_000 };
}
