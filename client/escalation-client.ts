import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { incidentWorkflowIdOf } from '../domain/ids.ts';
import type { AlertsSignal, IncidentSubject } from '../domain/incident/protocol.ts';
import { searchAttributesOf } from '../domain/incident/search-attributes.ts';
import type { TaskQueues } from '../domain/incident/task-queues.ts';
import { mostSevere, type Severity, severityRank } from '../domain/severity.ts';
import type { escalation } from '../workflows/escalation.ts';
import { isNotFound, toTocsinError } from './temporal-errors.ts';

export interface EscalationClient {
  /** Hands alerts to the incident's saga, starting it if something fires; a clear never starts a run. Throws `engine_unavailable`. */
  deliver(subject: IncidentSubject, signal: AlertsSignal): Promise<'started_or_signalled' | 'nobody_there'>;
  /** Starts or reminds the saga of an unresolved incident of the log. */
  review(subject: IncidentSubject, signal: AlertsSignal, severity: Severity): Promise<void>;
  /** Has dead letters of an incident, open or over, sent again under their keys. Throws `engine_unavailable`. */
  redeliver(subject: IncidentSubject, redeliver: NonNullable<AlertsSignal['redeliver']>): Promise<void>;
  /** The incident that a saga is running for; undefined when none is. */
  runningIncident(subject: IncidentSubject): Promise<string | undefined>;
}

/** Every call has a deadline, so that an engine that hangs is noticed. */
const callTimeoutMs = 10_000;

export function createEscalationClient(client: Client, queues: TaskQueues): EscalationClient {
  const call = <T>(work: () => Promise<T>): Promise<T> =>
    client.withDeadline(Date.now() + callTimeoutMs, work).catch((error: unknown) => {
      throw toTocsinError(error);
    });

  const start = async (subject: IncidentSubject, signal: AlertsSignal, severity: Severity): Promise<void> => {
    await call(() =>
      client.workflow.signalWithStart<typeof escalation, [AlertsSignal]>('escalation', {
        taskQueue: queues.sagas,
        workflowId: incidentWorkflowIdOf(subject),
        args: [{ subject }],
        signal: 'alerts',
        signalArgs: [signal],
        // a killed worker's task is given to another after this long
        workflowTaskTimeout: '2 seconds',
        typedSearchAttributes: attributesOf(subject, signal, severity),
        staticSummary: summaryOf(subject, signal),
        priority: { priorityKey: severityRank(severity) + 1, fairnessKey: subject.tenant },
      }),
    );
  };

  return {
    async deliver(subject, signal) {
      const severity = signal.references.map((reference) => reference.severity).reduce(mostSevere, 'info');
      if (signal.references.some(({ kind }) => kind === 'fired')) {
        await start(subject, signal, severity);
        return 'started_or_signalled';
      }
      try {
        await call(() =>
          client.workflow.getHandle(incidentWorkflowIdOf(subject)).signal<[AlertsSignal]>('alerts', signal),
        );
        return 'started_or_signalled';
      } catch (error) {
        if (isNotFound(error)) return 'nobody_there';
        throw error;
      }
    },
    review: start,
    // a human, or the clock, waits for it; the saga's own priority comes with its next run
    redeliver: (subject, redeliver) => start(subject, { references: [], redeliver }, 'critical'),
    async runningIncident(subject) {
      try {
        const handle = client.workflow.getHandle(incidentWorkflowIdOf(subject));
        const { status, typedSearchAttributes } = await call(() => handle.describe());
        return status.name === 'RUNNING' ? (typedSearchAttributes.get(incidentIdKey) ?? '') : undefined;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
  };
}

const incidentIdKey = defineSearchAttributeKey('TocsinIncidentId', SearchAttributeType.KEYWORD);

function attributesOf(
  subject: IncidentSubject,
  { references, review, redeliver }: AlertsSignal,
  severity: Severity,
): TypedSearchAttributes {
  const first = references.find(({ kind }) => kind === 'fired');
  const values = searchAttributesOf({
    incidentId: review?.incidentId ?? redeliver?.incidentId ?? first?.incidentId ?? '',
    subject,
    severity,
    state: 'open',
    labels: first?.sample?.labels ?? {},
  });
  const pairs = Object.entries(values).map(([name, value]) => ({
    key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
    value,
  }));
  return new TypedSearchAttributes(pairs);
}

function summaryOf({ route, groupLabels }: IncidentSubject, { references }: AlertsSignal): string {
  const title =
    references.find(({ kind }) => kind === 'fired')?.title ?? Object.values(groupLabels).join(' ');
  return `${title} (route ${route})`.slice(0, 200);
}
