import type { EventMetadata, RecordedEvent } from '../domain/events/envelope.ts';
import type { IncidentEvent } from '../domain/events/incident-events.ts';
import { incidentStreamOf } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { EventLog } from '../store/event-log.ts';
import type { LaneWriter } from '../store/lane-writer.ts';
import { type Park, parkingUndecodable } from '../store/park-undecodable.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { RecordAnswer, RecordRequest, SagaActivities } from './activities.ts';

export interface RecordDeps {
  readonly writer: Pick<LaneWriter, 'append'>;
  readonly log: Pick<EventLog, 'readStream'>;
  readonly metrics: Metrics;
  readonly now: () => number;
  /** Sets aside what of a saga's stream cannot be read. Its saga waits: it can decide nothing without it. */
  readonly park: Park;
  /** Tells the projection of a version to reach; must not throw and must not wait. */
  wakeProjection(incidentId: string, version: number): void;
}

/**
 * The saga's one way to write. A workflow task can be lost after its record was committed, and its successor may
 * decide otherwise: so where the stream already goes on, nothing is appended and the answer is what it holds.
 */
export function createRecord(deps: RecordDeps): SagaActivities['record'] {
  return async (request) => {
    if (request.events.length > 0 && (await append(deps, request))) return { kind: 'appended' };
    return readPresent(deps, request);
  };
}

async function append(
  deps: RecordDeps,
  { incidentId, expectedVersion, events, metadata, wakesProjection }: RecordRequest,
): Promise<boolean> {
  const { writer, metrics, now, wakeProjection } = deps;
  const stream = incidentStreamOf(incidentId);
  const appended = await writer.append({
    stream,
    expectedVersion,
    events: events.map((body) => ({ body, metadata })),
  });
  if (appended.kind === 'stale') return false;
  for (const event of events) measure(metrics, event, now());
  if (wakesProjection) wakeProjection(incidentId, expectedVersion + events.length);
  return true;
}

async function readPresent(
  deps: RecordDeps,
  { incidentId, expectedVersion, wakesProjection }: RecordRequest,
): Promise<RecordAnswer> {
  const present = await parkingUndecodable(deps.park, (onUndecodable) =>
    deps.log.readStream(incidentStreamOf(incidentId), { afterVersion: expectedVersion, onUndecodable }),
  );
  const last = present.at(-1);
  if (wakesProjection && last !== undefined) deps.wakeProjection(incidentId, last.version);
  return {
    kind: 'present',
    events: present.map(incidentEventOf),
    commandIds: present.flatMap(({ metadata }) => commandIdsOf(metadata)),
    more: present.length >= limits.maxReadEvents,
  };
}

function commandIdsOf({ commandId }: EventMetadata): string[] {
  return commandId === undefined ? [] : [commandId];
}

/** The store has checked each body against its schema, and only the saga writes this stream. */
function incidentEventOf({ body }: RecordedEvent): IncidentEvent {
  return body as IncidentEvent;
}

function measure(metrics: Metrics, event: IncidentEvent, nowMs: number): void {
  if (event.type === 'StepStarted') {
    metrics.stepLatenessSeconds.observe(Math.max(0, nowMs - Date.parse(event.data.dueAt)) / 1_000);
  }
}
