import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import { incidentStreamOf } from '../../domain/ids.ts';
import { openingTurn } from '../../domain/incident/turn.ts';
import {
  countOpenIncidents,
  findAbandoned,
  findUnattended,
  isCoveredByHumanResolve,
  listOpenIncidents,
} from '../../views/clock-queries.ts';
import { countFiring } from '../../views/firing-alerts.ts';
import { projectIncident } from '../../views/incident-projector.ts';
import { createTestDatabase } from '../support/database.ts';
import { aPolicy, aReference, aSubject } from '../support/incident-events.ts';
import { anAlert, anAlertEvent, paymentsWorkflowId } from '../support/view-alerts.ts';
import { appendAlerts, appendTo, openViewStage, type ViewStage } from '../support/view-stage.ts';

const later = () => Date.now() + 60_000;

function look(stage: ViewStage, now = later()) {
  return { database: stage.database, now, olderThanMs: 5_000, limit: 10 };
}

/** One lane of each kind, and what a test does with them. */
async function openHouse(stage: ViewStage) {
  const [ingest, record] = [await stage.openLane('ingest'), await stage.openLane('record')];
  const folder = stage.openFolder(ingest.lane);
  async function alerts(...types: readonly Parameters<typeof anAlertEvent>[0][]) {
    const events = await appendAlerts(
      stage,
      ingest,
      types.map((type) => anAlertEvent(type, { alert: anAlert() })),
    );
    folder.accept(events);
    await folder.flush();
    return events;
  }
  async function open() {
    const incidentId = randomUUID();
    // of a lane that no test asks about
    const first = aReference({ incidentId, lane: 998, position: 0 });
    const opening = { subject: aSubject(), first, policy: aPolicy(), references: [first] };
    await append(incidentId, openingTurn(opening, Date.now()));
    return incidentId;
  }
  async function append(incidentId: string, events: readonly IncidentEvent[]) {
    const stream = incidentStreamOf(incidentId);
    const versions = await stage.log.readVersions([stream]);
    await appendTo(record, stream, versions.get(stream) ?? -1, events);
    await projectIncident({ ...stage, now: Date.now }, incidentId);
  }
  return { alerts, open, append, lane: ingest.lane };
}

function resolvedBy(by: string | undefined, positions: Record<string, number>): IncidentEvent {
  const data = { at: new Date().toISOString(), positions };
  return by === undefined
    ? { type: 'IncidentResolved', data: { ...data, reason: 'cleared' } }
    : { type: 'IncidentResolved', data: { ...data, by, reason: 'by_human' } };
}

it('finds a firing alert for which nothing is open, once it had time to be dispatched', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const house = await openHouse(stage);
  const [event] = await house.alerts('AlertFired');
  const place = { firedLane: event?.lane, firedPosition: event?.position };
  const found = { stream: event?.stream, version: 0, tenant: 'default', workflowId: paymentsWorkflowId };
  expect(await findUnattended(look(stage))).toEqual([{ ...found, ...place }]);
  expect(await findUnattended(look(stage, Date.now()))).toEqual([]);
  await house.open();
  expect(await findUnattended(look(stage))).toEqual([]);
});

it('leaves an episode quiet that a human resolved, until it fires anew', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const house = await openHouse(stage);
  const [event] = await house.alerts('AlertFired');
  const position = event?.position ?? -1;
  const id = await house.open();
  await house.append(id, [resolvedBy('amy', { [house.lane]: position })]);
  await house.alerts('AlertRepeated');
  expect(await findUnattended(look(stage))).toEqual([]);
  await house.alerts('AlertResolved', 'AlertFired');
  expect(await findUnattended(look(stage))).toHaveLength(1);
});

it('does not count an episode that a human resolved, so that a later incident of the group can end', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const house = await openHouse(stage);
  const [fired] = await house.alerts('AlertFired');
  const positions = { [String(house.lane)]: fired?.position ?? -1 };
  const ask = () =>
    countFiring({ database: stage.database, workflowId: paymentsWorkflowId, positions, withinMs: 2_000 });
  expect(await ask()).toEqual({ firing: 1 });
  const first = await house.open();
  await house.append(first, [resolvedBy('amy', positions)]);
  expect(await ask()).toEqual({ firing: 0 });
  const second = await house.open();
  expect((await findAbandoned(look(stage))).map(({ incidentId }) => incidentId)).toEqual([second]);
});

it('does not take a resolve for cover when the alert fired after it, or when nobody spoke', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const house = await openHouse(stage);
  const [event] = await house.alerts('AlertFired');
  const position = event?.position ?? -1;
  await house.append(await house.open(), [resolvedBy('amy', { [house.lane]: position - 1 })]);
  await house.append(await house.open(), [resolvedBy('amy', { [house.lane + 1]: position })]);
  await house.append(await house.open(), [resolvedBy(undefined, { [house.lane]: position })]);
  expect(await findUnattended(look(stage))).toHaveLength(1);
});

it('answers for each reference whether a human resolved it', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const house = await openHouse(stage);
  await house.append(await house.open(), [resolvedBy('amy', { 1: 50 })]);
  const reference = (lane: number, position: number, workflowId = paymentsWorkflowId) => ({
    workflowId,
    lane,
    position,
  });
  const asked = [reference(1, 50), reference(1, 51), reference(2, 1), reference(1, 1, 'incident/other')];
  expect(await isCoveredByHumanResolve(stage.database, asked)).toEqual([true, false, false, false]);
  expect(await isCoveredByHumanResolve(stage.database, [])).toEqual([]);
});

it('finds an open incident of which nothing fires any more', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const house = await openHouse(stage);
  await house.alerts('AlertFired');
  const id = await house.open();
  expect(await findAbandoned(look(stage))).toEqual([]);
  await house.alerts('AlertResolved');
  expect(await findAbandoned(look(stage))).toMatchObject([
    { incidentId: id, workflowId: paymentsWorkflowId },
  ]);
  expect(await findAbandoned(look(stage, Date.now()))).toEqual([]);
});

it('lists every open incident page by page, and counts them by state', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const house = await openHouse(stage);
  const ids = [await house.open(), await house.open(), await house.open()].sort();
  await house.append(await house.open(), [resolvedBy('amy', {})]);
  const first = await listOpenIncidents({ database: stage.database, limit: 2 });
  const cursor = first.at(-1)?.incidentId ?? '';
  const second = await listOpenIncidents({ database: stage.database, limit: 2, cursor });
  expect([...first, ...second].map(({ incidentId }) => incidentId)).toEqual(ids);
  expect(await countOpenIncidents(stage.database)).toEqual(new Map([['open', 3]]));
});
