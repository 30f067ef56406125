import { titleOf } from '../domain/alert/alert.ts';
import { countedIn } from '../domain/alert/state.ts';
import { type AlertEvent, alertEventTypes, type RouteTaken } from '../domain/events/alert-events.ts';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import type { FlapRecord } from '../domain/suppression/flap-record.ts';
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
  /** Where it stands with the incidents that do not count it now; null while all of them do. */
  readonly quiet: QuietColumn | null;
  /** When the first of what quiets it ends; null where nobody can know. */
  readonly quiet_until: string | null;
  readonly expires_at: string | null;
  readonly inhibits: boolean;
  readonly config_version: number;
  readonly updated_hlc: string;
  readonly search: string;
  /** Of the last event that says how often the episode was repeated. */
  readonly counted_version: number | null;
  readonly repeat_count: number | null;
  /** Of the event with which it last joined incidents. */
  readonly fired_version: number | null;
  readonly fired_lane: number | null;
  readonly fired_position: number | null;
}

export interface QuietColumn {
  readonly routes: readonly RouteTaken[];
  readonly flap?: FlapRecord;
}

export interface FoldedAlert {
  readonly row: AlertViewRow;
  /** Of the last event folded into it. */
  readonly position: number;
  /** The first event of the alert's stream is folded into it: unless others were faster, the alert has no view yet. */
  readonly isNew: boolean;
}

export function isAlertEvent(event: RecordedEvent): event is RecordedEvent<AlertEvent> {
  return alertEventTypes.has(event.body.type);
}

/** One row per alert of the batch, by stream, so that two writers lock rows in the same order. */
export function foldAlerts(events: readonly RecordedEvent[]): FoldedAlert[] {
  const folded = new Map<string, FoldedAlert>();
  for (const event of events) {
    if (!isAlertEvent(event)) continue;
    const before = folded.get(event.stream);
    const row = mergeRows(before?.row, toRow(event));
    const isNew = event.version === 0 || before?.isNew === true;
    folded.set(event.stream, { row, position: event.position, isNew });
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
  const joined = event.body.type === 'AlertFired' || event.body.type === 'AlertReleased';
  const firing = event.body.type !== 'AlertResolved';
  const quiet = firing ? quietOf(event.body) : null;
  return {
    stream_id: event.stream,
    version: event.version,
    tenant: alert.tenant,
    source: alert.source,
    fingerprint: alert.fingerprint,
    status: firing ? 'firing' : 'resolved',
    severity: alert.severity,
    title,
    labels: alert.labels,
    annotations: alert.annotations,
    starts_at: alert.startsAt,
    ends_at: alert.endsAt ?? null,
    generator_url: alert.generatorUrl ?? null,
    workflow_ids: countedIn(incidents),
    quiet,
    quiet_until: quiet === null ? null : firstEndOf(quiet.routes),
    expires_at: (firing && alert.expiresAt) || null,
    inhibits: firing && event.body.data.inhibits === true,
    config_version: configVersion,
    updated_hlc: event.hlc,
    search: searchTextOf([title, alert.source, alert.fingerprint, ...Object.values(alert.labels)]),
    counted_version: count === null ? null : event.version,
    repeat_count: count,
    fired_version: joined ? event.version : null,
    fired_lane: joined ? event.lane : null,
    fired_position: joined ? event.position : null,
  };
}

function quietOf({ data: { incidents, flap } }: AlertEvent): QuietColumn | null {
  const routes = incidents.filter(({ quiet }) => quiet !== undefined);
  return routes.length === 0 ? null : { routes, ...(flap && { flap }) };
}

function firstEndOf(routes: readonly RouteTaken[]): string | null {
  const ends = routes.flatMap(({ quiet }) => (quiet?.until === undefined ? [] : [quiet.until]));
  return ends.sort()[0] ?? null;
}

function repeatCountOf(body: AlertEvent): number | null {
  if (body.type === 'AlertFired') return 0;
  return body.type === 'AlertRepeated' ? body.data.count : null;
}
