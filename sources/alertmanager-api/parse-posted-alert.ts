import { type Labels, startAssumed } from '../../domain/alert/alert.ts';
import type { SenderCommand } from '../../domain/alert/command.ts';
import { buildAlert } from '../fields/build-alert.ts';
import { readExtra } from '../fields/extra.ts';
import { readInstant, readStart } from '../fields/instant.ts';
import { readObject } from '../fields/json-object.ts';
import { readAnnotations, readLabels } from '../fields/labels.ts';
import { type Reading, startReading } from '../fields/reading.ts';
import { RejectedField } from '../fields/rejected-field.ts';
import { readGeneratorUrl } from '../fields/url.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { severityOf } from '../severity.ts';
import type { SourceContext } from '../source.ts';

const alertFields: ReadonlySet<string> = new Set([
  'labels',
  'annotations',
  'startsAt',
  'endsAt',
  'generatorURL',
]);

/**
 * One alert as a client of Alertmanager's API posts it: it has no status, but an end. One that is past is a clear; one
 * ahead is when the alert is over unless it is posted again; without one that is after `resolveTimeoutMs`.
 *
 * @throws RejectedField naming the first field that is wrong
 */
export function parsePostedAlert(value: unknown, context: SourceContext): SenderCommand {
  const entry = readObject(value, '');
  const reading = startReading(context);
  const labels = withoutEmpty(readLabels(entry.labels, '/labels', reading));
  const annotations = readAnnotations(entry.annotations, '/annotations', reading);
  const startsAt = readStart(entry.startsAt, '/startsAt', reading);
  const lifetime = lifetimeOf(readInstant(entry.endsAt, '/endsAt', reading), context);
  checkOrder(startsAt, lifetime, reading);
  const generatorUrl = readGeneratorUrl(entry.generatorURL, '/generatorURL', reading);
  const extra = readExtra(entry, alertFields, reading);
  const severity = severityOf(labels.severity);
  const fingerprint = fingerprintOf(labels);
  const parts = { fingerprint, severity, labels, annotations, startsAt, ...lifetime, generatorUrl, extra };
  return { kind: 'observe', alert: buildAlert(parts, context, reading) };
}

/** To Prometheus and Alertmanager a label without a value is none. */
function withoutEmpty(labels: Labels): Labels {
  const kept = Object.entries(labels).filter(([, text]) => text !== '');
  if (kept.length === 0) throw new RejectedField('/labels', 'at least one label with a value is required');
  return kept.length === Object.keys(labels).length ? labels : Object.fromEntries(kept);
}

interface Lifetime {
  readonly status: 'firing' | 'resolved';
  readonly endsAtMs?: number;
  readonly expiresAtMs?: number;
}

function lifetimeOf(
  endsAtMs: number | undefined,
  { receivedAtMs, resolveTimeoutMs }: SourceContext,
): Lifetime {
  if (endsAtMs === undefined) return { status: 'firing', expiresAtMs: receivedAtMs + resolveTimeoutMs };
  if (endsAtMs > receivedAtMs) return { status: 'firing', expiresAtMs: endsAtMs };
  return { status: 'resolved', endsAtMs };
}

/** Alertmanager refuses these too. A start that was only assumed says nothing about the end. */
function checkOrder(startsAt: string, { endsAtMs }: Lifetime, reading: Reading): void {
  if (endsAtMs === undefined || reading.flags?.has(startAssumed)) return;
  if (endsAtMs < Date.parse(startsAt)) throw new RejectedField('/endsAt', 'is before "startsAt"');
}
