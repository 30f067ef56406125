import { type Alert, startAssumed } from '../../domain/alert/alert.ts';
import type { AlertIdentity } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { severities } from '../../domain/severity.ts';
import { buildAlert } from '../fields/build-alert.ts';
import { readInstant } from '../fields/instant.ts';
import { isAbsent, type JsonObject, readObject } from '../fields/json-object.ts';
import { checkLabels, cutAnnotations } from '../fields/labels.ts';
import { addFlag, type Reading } from '../fields/reading.ts';
import { RejectedField } from '../fields/rejected-field.ts';
import { readOptionalText, readText, readWord } from '../fields/text.ts';
import { readGeneratorUrl } from '../fields/url.ts';
import { severityOf } from '../severity.ts';
import { readDetails } from './details.ts';
import { readLinks } from './links.ts';

export interface Trigger {
  readonly event: JsonObject;
  readonly dedupKey: string;
  readonly identity: AlertIdentity;
}

/** The longest summary that PagerDuty takes. */
const maxSummaryLength = 1_024;

/** @throws RejectedField */
export function triggeredAlert({ event, dedupKey, identity }: Trigger, reading: Reading): Alert {
  const payload = readObject(event.payload, '/payload');
  const severity = readSeverity(payload.severity, reading);
  const labels = readLabels(payload, severity, reading);
  const summary = readSummary(payload.summary, reading);
  const details = readDetails(event, payload, reading);
  const client = readOptionalText(event.client, '/client', reading);
  const annotations = {
    ...details.texts,
    ...readLinks(event, reading),
    ...(client !== undefined && { client }),
    summary,
    dedup_key: dedupKey,
  };
  const parts = {
    fingerprint: identity.fingerprint,
    status: 'firing',
    severity: severityOf(severity),
    labels,
    annotations: cutAnnotations(annotations, reading),
    startsAt: readStart(payload.timestamp, reading),
    generatorUrl: readGeneratorUrl(event.client_url, '/client_url', reading),
    extra: details.extra,
  } as const;
  return buildAlert(parts, identity, reading);
}

/** PagerDuty refuses a trigger without one; a page is worth more than that, but to a strict source. */
function readSeverity(value: unknown, reading: Reading): string | undefined {
  if (reading.mode === 'strict') return readWord(value, '/payload/severity', { words: severities, reading });
  return readOptionalText(value, '/payload/severity', reading);
}

/** `class` says what kind of thing is wrong, as an alert's name does. */
function readLabels(payload: JsonObject, severity: string | undefined, reading: Reading) {
  const text = (name: string) => readOptionalText(payload[name], `/payload/${name}`, reading);
  const kind = text('class');
  const source =
    reading.mode === 'strict' ? readText(payload.source, '/payload/source', reading) : text('source');
  const given = {
    source,
    component: text('component'),
    group: text('group'),
    class: kind,
    severity,
    alertname: kind,
  };
  const labels = Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  checkLabels(labels, '/payload');
  return labels;
}

function readSummary(value: unknown, reading: Reading): string {
  const summary = readText(value, '/payload/summary', reading);
  if (summary.trim() === '') throw new RejectedField('/payload/summary', 'must not be empty');
  if (reading.mode === 'strict' && summary.length > maxSummaryLength) {
    throw new RejectedField('/payload/summary', `is longer than ${maxSummaryLength} characters`);
  }
  return summary;
}

/** ISO 8601 allows an offset without its colon, RFC 3339 does not; PagerDuty's own examples leave it out. */
const bareOffset = /([+-]\d{2})(\d{2})$/;

/**
 * The time of this event, not of the episode's start: flagged, so that a repeated trigger joins the open episode. A time
 * that cannot be used is no reason not to page, but of a strict source.
 */
function readStart(value: unknown, reading: Reading): string {
  addFlag(reading, startAssumed);
  const atMs = readTimestamp(value, reading);
  const isUsable = atMs !== undefined && atMs <= reading.receivedAtMs + limits.maxClockAheadMs;
  return new Date(isUsable ? atMs : reading.receivedAtMs).toISOString();
}

function readTimestamp(value: unknown, reading: Reading): number | undefined {
  if (isAbsent(value, '/payload/timestamp', reading) || value === '') return undefined;
  const given = typeof value === 'string' ? value.replace(bareOffset, '$1:$2') : value;
  try {
    return readInstant(given, '/payload/timestamp', reading);
  } catch (error) {
    if (!(error instanceof RejectedField) || reading.mode === 'strict') throw error;
    addFlag(reading, 'timestamp_dropped');
    return undefined;
  }
}
