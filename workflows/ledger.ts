import { type LocalActivityOptions, log, patched, proxyLocalActivities } from '@temporalio/workflow';
import type { RecordAnswer, SagaActivities } from '../activities/activities.ts';
import type { EventMetadata } from '../domain/events/envelope.ts';
import type { IncidentEvent } from '../domain/events/incident-events.ts';
import { fold, versionOf } from '../domain/incident/fold.ts';
import type { IncidentState } from '../domain/incident/incident.ts';
import { workflowNowMs } from './clock.ts';
import { createMutex } from './mutex.ts';
import { oneAttempt, patiently } from './patiently.ts';

const recordOptions: LocalActivityOptions = {
  startToCloseTimeout: '12 seconds',
  retry: oneAttempt,
};

const { record, recall } = proxyLocalActivities<Pick<SagaActivities, 'record' | 'recall'>>(recordOptions);

/** Before, a saga that was taken up read its stream event by event. Remove once no run of 0.1 is open any more. */
const recalled = '2026-11-recalled';

/** Conflicts per decision: each one is a workflow task that was lost after its record, so two are already rare. */
const maxConflicts = 20;

export type Decide = (state: IncidentState, nowMs: number) => readonly IncidentEvent[];

export interface Ledger {
  state(): IncidentState;
  /** Reads the stream of an incident that an earlier run opened, from its start. */
  load(incidentId: string): Promise<IncidentState>;
  /** Whether a projection follows the stream; from then on each record tells it of the new version. */
  isFollowed(): boolean;
  setFollowed(): void;
  /** Decides on the newest state, records the events and folds them; one decision at a time. */
  commit(incidentId: string, decide: Decide, metadata?: EventMetadata): Promise<void>;
}

/** The saga's side of the stream `incident-<id>`: the state is only ever what was recorded. */
export function createLedger(): Ledger {
  let state: IncidentState;
  let isFollowed = false;
  const found = new Set<string>();
  const exclusively = createMutex();

  const read = async (incidentId: string): Promise<IncidentState> => {
    const options = { ...recordOptions, summary: 'reads the incident' };
    const answer = await patiently('until the store can be reached', () =>
      recall.executeWithOptions(options, [{ incidentId }]),
    );
    return answer.incident;
  };

  /**
   * False when the stream went on without us: what it holds is folded, and the caller decides again. A command whose
   * own events are there already, from a workflow task that was lost after its record, is not decided twice.
   */
  const tryRecord = async (incidentId: string, events: readonly IncidentEvent[], metadata: EventMetadata) => {
    const request = {
      incidentId,
      expectedVersion: versionOf(state),
      events,
      metadata,
      wakesProjection: isFollowed,
    };
    const options = { ...recordOptions, summary: summaryOf(events) };
    const answer = await patiently('until the store can be reached', () =>
      record.executeWithOptions(options, [request]),
    );
    if (answer.kind === 'present' && isBeyond(events, answer)) {
      log.warn('the stream holds less than the saga has decided', { incidentId, version: versionOf(state) });
      state = await read(incidentId);
      return false;
    }
    state = fold(state, answer.kind === 'appended' ? events : answer.events);
    if (answer.kind === 'appended') return true;
    for (const commandId of answer.commandIds) found.add(commandId);
    const isOwn = metadata.commandId !== undefined && answer.commandIds.includes(metadata.commandId);
    return isOwn || (events.length === 0 && !answer.more);
  };

  const settle = async (incidentId: string, decide: Decide, metadata: EventMetadata): Promise<void> => {
    if (metadata.commandId !== undefined && found.has(metadata.commandId)) return;
    for (let conflicts = 0; conflicts < maxConflicts; conflicts += 1) {
      const events = decide(state, workflowNowMs());
      if (events.length === 0 && state !== undefined) return;
      if (await tryRecord(incidentId, events, metadata)) return;
    }
    throw new Error(`incident ${incidentId} could not be recorded in ${maxConflicts} tries`);
  };

  return {
    state: () => state,
    isFollowed: () => isFollowed,
    setFollowed: () => {
      isFollowed = true;
    },
    load: (incidentId) =>
      exclusively(async () => {
        isFollowed = true;
        if (patched(recalled)) state = await read(incidentId);
        else while (!(await tryRecord(incidentId, [], {})));
        return state;
      }),
    commit: (incidentId, decide, metadata = { actor: 'saga', via: 'saga' }) =>
      exclusively(() => settle(incidentId, decide, metadata)),
  };
}

/**
 * The saga stands where the stream does not: a newer version of the planner has decided otherwise about something that
 * an older one had recorded. The stream is right.
 */
function isBeyond(
  events: readonly IncidentEvent[],
  answer: Extract<RecordAnswer, { kind: 'present' }>,
): boolean {
  return events.length > 0 && answer.events.length === 0 && !answer.more;
}

/** What the Temporal Web UI shows beside the record: its events, each named once. */
function summaryOf(events: readonly IncidentEvent[]): string {
  if (events.length === 0) return 'reads the incident';
  return [...new Set(events.map(({ type }) => type))].join(', ').slice(0, 200);
}
