import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anAlert, anAlertEvent, paymentsWorkflowId, recordedAlert } from '../test/support/view-alerts.ts';
import { type AlertViewRow, foldAlerts, mergeRows } from './alert-view-row.ts';

const fired = recordedAlert(anAlertEvent('AlertFired'), { position: 10, version: 0 });
const repeated = recordedAlert(anAlertEvent('AlertRepeated', { count: 7 }), { position: 11, version: 1 });
const changed = recordedAlert(anAlertEvent('AlertChanged', { alert: anAlert({ severity: 'info' }) }), {
  position: 12,
  version: 2,
});
const resolved = recordedAlert(anAlertEvent('AlertResolved'), { position: 13, version: 3 });

it('shows the last event of each alert', () => {
  const other = recordedAlert(anAlertEvent('AlertFired', { alert: anAlert({ fingerprint: 'f2' }) }), {
    position: 14,
    version: 0,
  });
  const folded = foldAlerts([fired, repeated, changed, other]);
  expect(folded).toHaveLength(2);
  const row = folded.find(({ row: { fingerprint } }) => fingerprint === 'f1')?.row;
  expect(row).toMatchObject({
    status: 'firing',
    severity: 'info',
    version: 2,
    workflow_ids: [paymentsWorkflowId],
  });
});

it('keeps where the episode began and how often it was repeated', () => {
  const row = foldAlerts([fired, repeated, changed, resolved])[0]?.row;
  expect(row).toMatchObject({
    status: 'resolved',
    fired_lane: 1,
    fired_position: 10,
    repeat_count: 7,
    version: 3,
  });
});

it('counts anew when the alert fires again', () => {
  const again = recordedAlert(anAlertEvent('AlertFired'), { position: 20, version: 4 });
  const row = foldAlerts([fired, repeated, resolved, again])[0]?.row;
  expect(row).toMatchObject({ status: 'firing', fired_position: 20, repeat_count: 0 });
});

it('leaves other kinds of events alone', () => {
  const foreign = { ...fired, body: { type: 'SilenceCreated', data: {} } };
  expect(foldAlerts([foreign])).toEqual([]);
});

it('comes to the same row in whatever order lanes deliver', () => {
  const types = ['AlertFired', 'AlertChanged', 'AlertRepeated', 'AlertResolved'] as const;
  const history = fc.array(fc.constantFrom(...types), { minLength: 1, maxLength: 8 });
  const property = fc.property(history, fc.infiniteStream(fc.nat()), (kinds, random) => {
    const rows = kinds.flatMap((type, version) => {
      const event = recordedAlert(anAlertEvent(type, { count: version }), {
        lane: version % 2,
        position: version * 3,
        version,
      });
      return foldAlerts([event]).map(({ row }) => row);
    });
    const inOrder = mergeAll(rows);
    const shuffled = rows
      .map((row) => ({ row, key: random.next().value }))
      .sort((a, b) => a.key - b.key)
      .map(({ row }) => row);
    expect(mergeAll([...shuffled, ...rows.slice(0, 2)])).toEqual(inOrder);
  });
  fc.assert(property, { numRuns: 300, verbose: true });
});

function mergeAll(rows: readonly AlertViewRow[]): AlertViewRow | undefined {
  return rows.reduce<AlertViewRow | undefined>((held, row) => mergeRows(held, row), undefined);
}
