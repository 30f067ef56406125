import { expect, test } from 'vitest';
import type { Quieting } from '../../domain/suppression/quieting.ts';
import { findDue, findExpired, listCounted, listInhibiting, listQuiet } from '../../views/quiet-alerts.ts';
import { createTestDatabase } from '../support/database.ts';
import { anAlert, anAlertEvent } from '../support/view-alerts.ts';
import { appendAlerts, openViewStage } from '../support/view-stage.ts';

const until = '2026-01-05T12:00:00.000Z';
const silence: Quieting = { kind: 'silence', rule: 'night', configVersion: 3, until };
const inhibition: Quieting = { kind: 'inhibition', rule: 'cause', configVersion: 3 };
const alert = (fingerprint: string, changes = {}) => anAlert({ fingerprint, ...changes });
const fingerprintsOf = (found: readonly { alert: { fingerprint: string } }[]) =>
  found.map(({ alert }) => alert.fingerprint).sort();

test('the clock finds what is quiet, what is due, what expires and what inhibits', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const writer = await stage.openLane();
  const folder = stage.openFolder(writer.lane);
  writer.onCommitted((events) => folder.accept(events));
  const inhibiting = anAlertEvent('AlertFired', { alert: alert('inhibiting') });
  await appendAlerts(stage, writer, [
    anAlertEvent('AlertFired', { alert: alert('loud') }),
    anAlertEvent('AlertSuppressed', { alert: alert('silenced'), quiet: silence }),
    anAlertEvent('AlertSuppressed', { alert: alert('inhibited'), quiet: inhibition }),
    anAlertEvent('AlertResolved', { alert: alert('over', { status: 'resolved' }), quiet: silence }),
    anAlertEvent('AlertFired', { alert: alert('expiring', { expiresAt: until }) }),
    { ...inhibiting, data: { ...inhibiting.data, inhibits: true } } as typeof inhibiting,
  ]);
  await folder.flush();
  const { database } = stage;
  const page = { database, after: undefined, limit: 100 };

  const quiet = (await listQuiet(page)).alerts;
  expect(fingerprintsOf(quiet)).toEqual(['inhibited', 'silenced']);
  expect(quiet.find(({ alert }) => alert.fingerprint === 'silenced')).toMatchObject({
    alert: { labels: { alertname: 'DiskFull' }, status: 'firing' },
    countedBy: [],
    quiet: [{ route: 'payments', quiet: silence }],
  });
  expect(fingerprintsOf((await listCounted(page)).alerts)).toEqual(['expiring', 'inhibiting', 'loud']);
  expect((await listCounted(page)).alerts[0]?.countedBy).toEqual(['payments']);

  const at = Date.parse(until);
  expect(await findDue({ database, nowMs: at - 1, limit: 10 })).toEqual([]);
  expect(fingerprintsOf(await findDue({ database, nowMs: at, limit: 10 }))).toEqual(['silenced']);
  expect(await findExpired({ database, nowMs: at - 1, heardSinceMs: 0, limit: 10 })).toEqual([]);
  expect(await findExpired({ database, nowMs: at, heardSinceMs: 0, limit: 10 })).toMatchObject([
    { tenant: 'default', source: 'prometheus', fingerprint: 'expiring' },
  ]);
  expect(await findExpired({ database, nowMs: at, heardSinceMs: Date.now() + 60_000, limit: 10 })).toEqual(
    [],
  );
  expect((await listInhibiting(database)).size).toBe(1);
});

test('pages of firing alerts are whole and without overlap', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const writer = await stage.openLane();
  const folder = stage.openFolder(writer.lane);
  writer.onCommitted((events) => folder.accept(events));
  const names = Array.from({ length: 25 }, (_, index) => `a${index}`);
  await appendAlerts(
    stage,
    writer,
    names.map((name) => anAlertEvent('AlertFired', { alert: alert(name) })),
  );
  await folder.flush();
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await listCounted({ database: stage.database, after, limit: 10 });
    seen.push(...fingerprintsOf(page.alerts));
    after = page.next;
  } while (after !== undefined);
  expect(seen.sort()).toEqual(names.sort());
});
