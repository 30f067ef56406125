import { titleOf } from '../domain/alert/alert.ts';
import type { AlertEvent } from '../domain/events/alert-events.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import { searchTextOf } from './search-text.ts';

/**
 * A row of `alert_views`, named as its columns. An alert's events may arrive through several lanes in any order, so
 * each group of columns has the version it was taken from, and the newest of each wins: folding commutes.
 */
export interface AlertViewRow {
  readonly stream_id: string;
  readonly version: number;
  readonly tenant: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly severity: string;
  readonly title: string;
  readonly labels: object;
  readonly annotations: object;
  readonly starts_at: string;
  readonly ends_at: string | null;
  readonly generator_url: string | null;
  readonly workflow_ids: readonly string[];
  readonly config_version: number;
  readonly updated_hlc: string;
  readonly search: string;
  /** Of the last event that says how often the episode was repeated. */
  readonly counted_version: number | null;
  readonly repeat_count: number | null;
  /** Of the event that began the episode. */
  readonly fired_version: number | null;
  readonly fired_lane: number | null;
  readonly fired_position: number | null;
}

export interface FoldedAlert {
  readonly row: AlertViewRow;
  /** Of the last event folded into it. */
  readonly position: number;
}

const alertEventTypes: ReadonlySet<string> = new Set([
  'AlertFired',
  'AlertChanged',
  'AlertRepeated',
  'AlertResolved',
] satisfies AlertEvent['type'][]);

export function isAlertEvent(event: RecordedEvent): event is RecordedEvent<AlertEvent> {
  return alertEventTypes.has(event.body.type);
}

/** One row per alert of the batch, by stream, so that two writers lock rows in the same order. */
export function foldAlerts(events: readonly RecordedEvent[]): FoldedAlert[] {
  const folded = new Map<string, FoldedAlert>();
  for (const event of events) {
    if (!isAlertEvent(event)) continue;
    const row = mergeRows(folded.get(event.stream)?.row, toRow(event));
    folded.set(event.stream, { row, position: event.position });
  }
  return [...folded.values()].sort((a, b) => (a.row.stream_id < b.row.stream_id ? -1 : 1));
}

/** The newest of each group of columns; what the SQL does with the row that is there already. */
export function mergeRows(a: AlertViewRow | undefined, b: AlertViewRow): AlertViewRow {
  if (a === undefined) return b;
  const counted = isNewer(a.counted_version, b.counted_version) ? b : a;
  const fired = isNewer(a.fired_version, b.fired_version) ? b : a;
  return {
    ...(b.version > a.version ? b : a),
    counted_version: counted.counted_version,
    repeat_count: counted.repeat_count,
    fired_version: fired.fired_version,
    fired_lane: fired.fired_lane,
    fired_position: fired.fired_position,
  };
}

function isNewer(held: number | null, offered: number | null): boolean {
  return offered !== null && offered > (held ?? -1);
}

function toRow(event: RecordedEvent<AlertEvent>): AlertViewRow {
  const { alert, incidents, configVersion } = event.body.data;
  const title = titleOf(alert);
  const count = repeatCountOf(event.body);
  const began = event.body.type === 'AlertFired';
  return {
    stream_id: event.stream,
    version: event.version,
    tenant: alert.tenant,
    source: alert.source,
    fingerprint: alert.fingerprint,
    status: event.body.type === 'AlertResolved' ? 'resolved' : 'firing',
    severity: alert.severity,
    title,
    labels: alert.labels,
    annotations: alert.annotations,
    starts_at: alert.startsAt,
    ends_at: alert.endsAt ?? null,
    generator_url: alert.generatorUrl ?? null,
    workflow_ids: incidents.map(({ workflowId }) => workflowId),
    config_version: configVersion,
    updated_hlc: event.hlc,
    search: searchTextOf([title, alert.source, alert.fingerprint, ...Object.values(alert.labels)]),
    counted_version: count === null ? null : event.version,
    repeat_count: count,
    fired_version: began ? event.version : null,
    fired_lane: began ? event.lane : null,
    fired_position: began ? event.position : null,
  };
}

function repeatCountOf(body: AlertEvent): number | null {
  if (body.type === 'AlertFired') return 0;
  return body.type === 'AlertRepeated' ? body.data.count : null;
}
