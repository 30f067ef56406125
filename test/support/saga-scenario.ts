import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import type { PolicyTarget, Target } from '../../domain/policy/policy.ts';
import { eventually } from './eventually.ts';
import type { SagaStage, Scene } from './saga-stage.ts';

let channels = 0;

/** A channel of its own, so that tests in one file do not see each other's pages. */
export function aChannel(changes: Partial<Target> = {}): Target {
  channels += 1;
  const channel = `channel-${channels}`;
  return {
    kind: 'channel',
    name: `channel:${channel}`,
    channel,
    provider: 'webhook',
    updates: false,
    ...changes,
  };
}

/** One way to reach a user. */
export function aContact(user: string, contact: string): Target {
  const channel = `user:${user}/${contact}`;
  return { kind: 'contact', name: channel, channel, provider: 'webhook', updates: false };
}

export function aUser(user: string): PolicyTarget {
  return { kind: 'user', name: `user:${user}`, user };
}

/** The incident's events once there are so many of the type. */
export function untilThereAre(
  type: IncidentEvent['type'],
  { scene, incidentId, count = 1 }: { scene: Scene; incidentId: string; count?: number },
): Promise<IncidentEvent[]> {
  return eventually(async () => {
    const events = await scene.events(incidentId);
    return events.filter((event) => event.type === type).length >= count ? events : undefined;
  }, 30_000);
}

type DataOf<T extends IncidentEvent['type']> = Extract<IncidentEvent, { type: T }>['data'];

export function dataOf<T extends IncidentEvent['type']>(
  events: readonly IncidentEvent[],
  type: T,
): DataOf<T>[] {
  // the compiler does not follow a type through its parameter
  return events.filter((event) => event.type === type).map(({ data }) => data as DataOf<T>);
}

export function commandOn(scene: Scene, incidentId: string, by = 'amy') {
  return { workflowId: scene.workflowId, incidentId, by, via: 'api', requestId: `request-${incidentId}` };
}

/** Lengths of the histories of all runs of the incident's workflow, the newest first. */
export async function historiesOf({ client }: SagaStage, { workflowId }: Scene): Promise<number[]> {
  const lengths: number[] = [];
  let { runId } = await client.workflow.getHandle(workflowId).describe();
  while (runId !== '') {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    lengths.push(events?.length ?? 0);
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  }
  return lengths;
}
