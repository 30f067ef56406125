import { expect, it } from 'vitest';
import type { Alert } from '../../domain/alert/alert.ts';
import type { Database } from '../../store/database.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { foldAlerts } from '../../views/alert-view-row.ts';
import { copyAlertViews, writeAlertViews } from '../../views/alert-view-table.ts';
import { createAlertViewWriter } from '../../views/alert-view-writer.ts';
import { createTestDatabase } from '../support/database.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { anAlert, anAlertEvent, recordedAlert } from '../support/view-alerts.ts';
import { openViewStage } from '../support/view-stage.ts';

const hostile = [
  '\\N',
  '\\.',
  'tab\there',
  'line\nbreak\r',
  'back\\slash\\t',
  '"quoted"',
  '{a,b}',
  'NULL',
  '🔥',
  '',
];

/** Enough alerts for a COPY, each with one hostile text in every place that a sender fills. */
function alerts(): Alert[] {
  return Array.from({ length: 100 }, (_, index) => {
    const text = hostile[index % hostile.length] ?? '';
    return anAlert({
      fingerprint: `f${index}`,
      labels: { alertname: text, [`name ${text}`]: 'value' },
      annotations: index % 2 === 0 ? { summary: text } : {},
      ...(index % 3 === 0 && {
        endsAt: '2026-01-05T10:00:00.000Z',
        generatorUrl: `https://example.org/${text}`,
      }),
    });
  });
}

function firedEvents() {
  return alerts().map((alert, position) => {
    const workflowIds = [`incident/default/payments/${alert.labels.alertname}`, 'another'];
    const body = anAlertEvent('AlertFired', { alert, workflowIds: position % 2 === 0 ? workflowIds : [] });
    return recordedAlert(body, { position, version: 0 });
  });
}

function allViews(database: Pick<Database, 'query'>) {
  return database.query<{ stream_id: string }>('SELECT * FROM alert_views ORDER BY stream_id');
}

it('writes by copy what it writes row by row', async () => {
  const rows = foldAlerts(firedEvents()).map(({ row }) => row);
  const written = [];
  for (const write of [copyAlertViews, writeAlertViews]) {
    await using db = await createTestDatabase();
    await using stage = await openViewStage(db.url);
    await write(stage.database, rows, { lane: 1, position: 99 });
    const [progress] = await stage.database.query('SELECT * FROM alert_view_progress');
    written.push({ views: await allViews(stage.database), progress });
  }
  expect(written[0]?.views).toHaveLength(100);
  expect(written[0]).toEqual(written[1]);
});

it('writes new and changed alerts of one batch, whatever was there before', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const { database } = stage;
  const writer = createAlertViewWriter({
    database,
    lane: 1,
    logger: quietLogger(),
    metrics: createMetrics(),
    now: Date.now,
  });
  const fired = firedEvents();
  const known = fired.slice(0, 40);
  const cleared = known.map(({ body: { data } }, index) =>
    recordedAlert(anAlertEvent('AlertResolved', { alert: { ...data.alert, status: 'resolved' } }), {
      position: 100 + index,
      version: 1,
    }),
  );
  await writer.start();
  await writer.write(known, 39);
  await writer.write([...fired.slice(40), ...cleared], 139);
  const views = await database.query<{ version: number; status: string }>(
    'SELECT version, status FROM alert_views',
  );
  expect(views.filter(({ version, status }) => version === 1 && status === 'resolved')).toHaveLength(40);
  expect(views.filter(({ version, status }) => version === 0 && status === 'firing')).toHaveLength(60);

  // another lane was faster with what comes after: the copy is refused and nothing older goes over it
  await writer.write(fired, 139);
  expect(await database.query('SELECT version, status FROM alert_views')).toEqual(
    expect.arrayContaining(views),
  );
  expect(writer.position()).toBe(139);
});
