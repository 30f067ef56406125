import type { IncidentEvent } from '../domain/events/incident-events.ts';
import { incidentStreamOf } from '../domain/ids.ts';
import { evolve } from '../domain/incident/evolve.ts';
import type { Incident, IncidentState } from '../domain/incident/incident.ts';
import { limits } from '../domain/limits.ts';
import type { EventLog, UndecodableEvent } from '../store/event-log.ts';

export interface IncidentNote {
  readonly at: string;
  readonly by: string;
  readonly text: string;
}

/** What the views show of an incident: the saga's state, and what only humans need. */
export interface FoldedIncident {
  readonly incident: Incident;
  /** When its last event happened. */
  readonly updatedAt: string;
  readonly noteCount: number;
  readonly lastNote?: IncidentNote;
}

export type FoldState = FoldedIncident | undefined;

/** Folds one more event of the stream; `version` is its place there. */
export function foldEvent(state: FoldState, version: number, event: IncidentEvent): FoldedIncident {
  const before: IncidentState = state?.incident;
  const noted = event.type === 'IncidentNoted';
  const lastNote = noted ? event.data : state?.lastNote;
  return {
    incident: evolve(before, version, event),
    updatedAt: event.data.at,
    noteCount: (state?.noteCount ?? 0) + (noted ? 1 : 0),
    ...(lastNote !== undefined && { lastNote }),
  };
}

/** Reads an incident's stream page by page, on from what was folded before; undefined when there is none. */
export async function readIncident(
  log: EventLog,
  incidentId: string,
  { before, onEvent, onUndecodable }: ReadIncidentOptions = {},
): Promise<FoldState> {
  let state = before;
  const after = before?.incident.version ?? -1;
  for await (const events of incidentPages(log, incidentId, { after, onUndecodable })) {
    for (const { version, event } of events) {
      state = foldEvent(state, version, event);
      onEvent?.(version, event);
    }
  }
  return state;
}

export interface ReadIncidentOptions {
  readonly before?: FoldState;
  /** Told of each event that is folded, in order. */
  readonly onEvent?: (version: number, event: IncidentEvent) => void;
  readonly onUndecodable?: IncidentPagesOptions['onUndecodable'];
}

export interface IncidentStreamEvent {
  readonly version: number;
  readonly event: IncidentEvent;
  readonly actor?: string;
}

export interface IncidentPagesOptions {
  /** The version to go on after; all of it by default. */
  readonly after?: number;
  readonly onUndecodable?: ((event: UndecodableEvent) => void) | undefined;
}

export async function* incidentPages(
  log: EventLog,
  incidentId: string,
  { after = -1, onUndecodable }: IncidentPagesOptions = {},
): AsyncGenerator<readonly IncidentStreamEvent[]> {
  const stream = incidentStreamOf(incidentId);
  let afterVersion = after;
  for (;;) {
    const page = await log.readStream(stream, {
      afterVersion,
      limit: limits.maxReadEvents,
      ...(onUndecodable !== undefined && { onUndecodable }),
    });
    // the store has decoded each against its schema; only the saga writes this stream
    yield page.map(({ version, body, metadata }) => ({
      version,
      event: body as IncidentEvent,
      ...(metadata.actor !== undefined && { actor: metadata.actor }),
    }));
    const last = page.at(-1);
    if (last === undefined || page.length < limits.maxReadEvents) return;
    afterVersion = last.version;
  }
}
