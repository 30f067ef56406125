import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordRequest } from '../../activities/activities.ts';
import { createRecord } from '../../activities/record.ts';
import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import { incidentStreamOf, uuidV5 } from '../../domain/ids.ts';
import { openingTurn } from '../../domain/incident/turn.ts';
import type { LaneWriter } from '../../store/lane-writer.ts';
import { createPark } from '../../store/park-undecodable.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { aPolicy, aReference, aSubject } from '../support/incident-events.ts';
import { openTestStore, silent, type TestStore } from '../support/test-store.ts';

let store: TestStore;
let writer: LaneWriter;
beforeAll(async () => {
  store = await openTestStore();
  writer = await store.openWriter({ kind: 'record', path: 'strict' });
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
});

const nowMs = Date.parse('2026-01-05T09:00:00.250Z');

function recorder() {
  const woken: [string, number][] = [];
  const metrics = createMetrics();
  const wakeProjection = (incidentId: string, version: number) => void woken.push([incidentId, version]);
  const park = createPark({ database: store.database, metrics, logger: silent }, 'record');
  const record = createRecord({ writer, log: store.log, metrics, now: () => nowMs, park, wakeProjection });
  return {
    woken,
    metrics,
    record: (request: Omit<RecordRequest, 'wakesProjection'>, wakesProjection = false) =>
      record({ ...request, wakesProjection }),
  };
}

let incidents = 0;

function anOpening(): { incidentId: string; events: IncidentEvent[] } {
  incidents += 1;
  const incidentId = uuidV5(`incident ${incidents}`);
  const first = aReference({ incidentId });
  const opening = { subject: aSubject(), first, policy: aPolicy(), references: [first] };
  return { incidentId, events: openingTurn(opening, nowMs - 250) };
}

const acknowledged: IncidentEvent = {
  type: 'IncidentAcknowledged',
  data: { at: '2026-01-05T09:00:01.000Z', by: 'amy' },
};

test('a decision is appended in one piece behind the expected version', async () => {
  const { record } = recorder();
  const { incidentId, events } = anOpening();
  expect(await record({ incidentId, expectedVersion: -1, events, metadata: { actor: 'saga' } })).toEqual({
    kind: 'appended',
  });
  const stored = await store.log.readStream(incidentStreamOf(incidentId));
  expect(stored.map(({ version, body, metadata }) => [version, body, metadata])).toEqual(
    events.map((body, version) => [version, body, { actor: 'saga' }]),
  );
});

test('a decision that is repeated after its task was lost appends nothing and answers what is there', async () => {
  const { record } = recorder();
  const { incidentId, events } = anOpening();
  await record({ incidentId, expectedVersion: -1, events, metadata: {} });
  const otherwise = events.slice(0, 1);
  const answer = await record({ incidentId, expectedVersion: -1, events: otherwise, metadata: {} });
  expect(answer).toEqual({ kind: 'present', events, commandIds: [], more: false });
  expect(await store.log.readStream(incidentStreamOf(incidentId))).toHaveLength(events.length);
});

test('a command finds its own events by its id', async () => {
  const { record } = recorder();
  const { incidentId, events } = anOpening();
  await record({ incidentId, expectedVersion: -1, events, metadata: {} });
  const expectedVersion = events.length - 1;
  const metadata = { actor: 'amy', commandId: 'c-1' };
  await record({ incidentId, expectedVersion, events: [acknowledged], metadata });
  const answer = await record({ incidentId, expectedVersion, events: [acknowledged], metadata });
  expect(answer).toEqual({ kind: 'present', events: [acknowledged], commandIds: ['c-1'], more: false });
});

test('without events the stream is only read', async () => {
  const { record } = recorder();
  const { incidentId, events } = anOpening();
  await record({ incidentId, expectedVersion: -1, events, metadata: {} });
  const answer = await record({ incidentId, expectedVersion: 1, events: [], metadata: {} });
  expect(answer).toMatchObject({ kind: 'present', events: events.slice(2), more: false });
});

test('tells a projection that runs of what was recorded, and of what was found', async () => {
  const { record, woken } = recorder();
  const { incidentId, events } = anOpening();
  await record({ incidentId, expectedVersion: -1, events, metadata: {} }, false);
  expect(woken).toEqual([]);
  await record(
    { incidentId, expectedVersion: events.length - 1, events: [acknowledged], metadata: {} },
    true,
  );
  await record({ incidentId, expectedVersion: -1, events, metadata: {} }, true);
  expect(woken).toEqual([
    [incidentId, events.length],
    [incidentId, events.length],
  ]);
});

test('lateness is measured from when a step was due', async () => {
  const { record, metrics } = recorder();
  const { incidentId, events } = anOpening();
  await record({ incidentId, expectedVersion: -1, events, metadata: {} });
  const { values } = await metrics.stepLatenessSeconds.get();
  expect(values.find(({ metricName }) => metricName?.endsWith('_sum'))?.value).toBeCloseTo(0.25);
});
