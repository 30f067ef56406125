import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import { incidentStreamOf } from '../../domain/ids.ts';
import { openingTurn } from '../../domain/incident/turn.ts';
import type { PolicySnapshot } from '../../domain/policy/policy.ts';
import {
  countOpenIncidents,
  findAbandoned,
  findUnattended,
  isCoveredByHumanResolve,
  listOpenIncidents,
} from '../../views/clock-queries.ts';
import { countFiring } from '../../views/firing-alerts.ts';
import { projectIncident } from '../../views/incident-projector.ts';
import { findReturning } from '../../views/returning-alerts.ts';
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
  async function open(policy: Partial<PolicySnapshot> = {}) {
    const incidentId = randomUUID();
    // of a lane that no test asks about
    const first = aReference({ incidentId, lane: 998, position: 0 });
    const opening = { subject: aSubject(), first, policy: aPolicy(policy), references: [first] };
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

it('leaves an incident alone whose end is held, until it should have resolved', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const house = await openHouse(stage);
  const id = await house.open();
  const untilMs = later() + 600_000;
  const data = { at: new Date().toISOString(), until: new Date(untilMs).toISOString() };
  await house.append(id, [{ type: 'ResolutionHeld', data }]);
  expect(await findAbandoned(look(stage, untilMs))).toEqual([]);
  expect(await findAbandoned(look(stage, untilMs + 5_000))).toMatchObject([{ incidentId: id }]);
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

/** All whose time came within the last hour, or comes within the next `aheadMs`. */
function returning(stage: ViewStage, aheadMs = 0) {
  const untilMs = Date.now() + aheadMs;
  return findReturning({ database: stage.database, fromMs: untilMs - 3_600_000, untilMs, limit: 10 });
}

it('finds what fires on behind an incident that a human closed, once its policy lets it return', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const house = await openHouse(stage);
  const [event] = await house.alerts('AlertFired');
  const positions = { [house.lane]: event?.position ?? -1 };
  const id = await house.open({ reopenAfterMs: 600_000 });
  await house.append(id, [resolvedBy('amy', positions)]);
  expect(await returning(stage, 590_000)).toEqual([]);
  const identity = { tenant: 'default', source: 'prometheus', fingerprint: 'f1' };
  const found = [{ identity, incidentId: id, workflowId: paymentsWorkflowId, reason: 'by_human' }];
  expect(await returning(stage, 610_000)).toEqual(found);
  await house.alerts('AlertReleased');
  expect(await returning(stage, 610_000)).toEqual([]);
  expect(await findUnattended(look(stage))).toHaveLength(1);
});

it('lets nothing return that cleared, that no policy brings back, or whose next incident was closed later', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const house = await openHouse(stage);
  const [event] = await house.alerts('AlertFired');
  const positions = { [house.lane]: event?.position ?? -1 };
  await house.append(await house.open(), [resolvedBy('amy', positions)]);
  expect(await returning(stage, 1_800_000)).toEqual([]);
  await house.append(await house.open({ reopenAfterMs: 60_000 }), [resolvedBy('amy', positions)]);
  await house.append(await house.open({ reopenAfterMs: 600_000 }), [resolvedBy('bo', positions)]);
  expect(await returning(stage, 300_000)).toEqual([]);
  expect(await returning(stage, 610_000)).toHaveLength(1);
  await house.alerts('AlertResolved');
  expect(await returning(stage, 610_000)).toEqual([]);
});

it('finds at once what fires behind an incident that was closed because nothing was heard', async () => {
  await using db = await createTestDatabase();
  await using stage = await openViewStage(db.url);
  const house = await openHouse(stage);
  const [event] = await house.alerts('AlertFired');
  const positions = { [house.lane]: event?.position ?? -1 };
  const data = { at: new Date().toISOString(), positions, reason: 'unheard' } as const;
  await house.append(await house.open(), [{ type: 'IncidentResolved', data }]);
  expect(await returning(stage, 1_000)).toMatchObject([{ reason: 'unheard' }]);
  expect(await findUnattended(look(stage))).toEqual([]);
});
