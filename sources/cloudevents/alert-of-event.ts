import { type Alert, startAssumed } from '../../domain/alert/alert.ts';
import type { SenderCommand } from '../../domain/alert/command.ts';
import { sha256Hex } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import type { GenericMapping } from '../../domain/source/generic-mapping.ts';
import { checkLabels } from '../fields/labels.ts';
import { flagsOf, type Reading } from '../fields/reading.ts';
import { RejectedField } from '../fields/rejected-field.ts';
import { layoutOf } from '../generic/layout-of.ts';
import { parseGenericAlert } from '../generic/parse-generic-alert.ts';
import { valueAt } from '../generic/pointer.ts';
import { parseInstant } from '../instant.ts';
import type { SourceContext } from '../source.ts';
import type { CloudEvent } from './cloud-event.ts';

export interface EventReading {
  /** JSON pointer to the data, for messages. */
  readonly dataPath: string;
  /** Of the event's attributes. */
  readonly reading: Reading;
}

/**
 * The alert that an event tells of: its data is read by the source's mapping or as a generic body, and its attributes
 * stand in for what is not there.
 *
 * @throws RejectedField
 */
export function alertOfEvent(
  event: CloudEvent,
  { dataPath, reading }: EventReading,
  context: SourceContext,
): SenderCommand {
  const data = dataOf(event, context.mapping);
  const command = within(dataPath, () =>
    parseGenericAlert(data, context, {
      labels: labelsOf(event),
      fingerprint: fingerprintOf(event),
      ...(event.severity !== undefined && { severity: event.severity }),
    }),
  );
  if (command.kind !== 'observe') return command;
  within(dataPath, () => checkLabels(command.alert.labels, '/labels'));
  const isOver = saysItIsOver(event.type) && !tellsStatus(data, context.mapping);
  const alert = isOver ? cleared(command.alert) : command.alert;
  const timed = withTime(alert, event, context.receivedAtMs);
  return { kind: 'observe', alert: withFlags(timed, [...(timed.flags ?? []), ...(flagsOf(reading) ?? [])]) };
}

/** An event may be its attributes alone, or carry a sentence. */
function dataOf({ data }: CloudEvent, mapping: GenericMapping | undefined): unknown {
  if (data === undefined || data === null) return {};
  return typeof data === 'string' && mapping === undefined ? { message: data } : data;
}

function labelsOf({ type, source, subject }: CloudEvent): Record<string, string> {
  const labels = { alertname: type, ce_type: type, ce_source: source };
  return subject === undefined ? labels : { ...labels, ce_subject: subject };
}

/**
 * What the events of one alert have in common: whom they are about. Without a subject every event is an alert of its
 * own, known by what the specification calls its identity.
 */
function fingerprintOf({ source, subject, id }: CloudEvent): string {
  const name = subject === undefined ? ['id', source, id] : ['subject', source, subject];
  return sha256Hex(JSON.stringify(name)).slice(0, 16);
}

/**
 * The event's time begins the episode, or ends it, where its data names no start or end: then whatever order events
 * arrive in, the newest decides, and one that is delivered again changes nothing.
 */
function withTime(alert: Alert, { time }: CloudEvent, receivedAtMs: number): Alert {
  const atMs = time === undefined ? undefined : parseInstant(time);
  if (atMs === undefined || atMs > receivedAtMs + limits.maxClockAheadMs) return alert;
  const at = new Date(atMs).toISOString();
  const ended = alert.status === 'resolved' ? { endsAt: at, ...alert } : alert;
  if (!alert.flags?.includes(startAssumed)) return ended;
  const flags = alert.flags.filter((flag) => flag !== startAssumed);
  return withFlags({ ...ended, startsAt: at }, flags);
}

function withFlags({ flags: _, ...alert }: Alert, flags: readonly string[]): Alert {
  return flags.length === 0 ? alert : { ...alert, flags: [...new Set(flags)].sort() };
}

function cleared({ expiresAt: _, ...alert }: Alert): Alert {
  return { ...alert, status: 'resolved' };
}

/** The last word of a type such as `org.example.disk.resolved`. */
const overWords = new Set(['resolved', 'cleared', 'recovered', 'closed']);

function saysItIsOver(type: string): boolean {
  return overWords.has(type.slice(type.lastIndexOf('.') + 1).toLowerCase());
}

function tellsStatus(data: unknown, mapping: GenericMapping | undefined): boolean {
  return layoutOf(mapping).status.some((pointer) => (valueAt(data, pointer) ?? null) !== null);
}

function within<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RejectedField) throw new RejectedField(`${path}${error.path}`, error.message);
    throw error;
  }
}
