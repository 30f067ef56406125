import type { ValidationMode } from '../../domain/source/validation-mode.ts';
import { isJsonObject, type JsonObject, kindOf } from '../fields/json-object.ts';
import { numberOf } from '../fields/number.ts';
import { invalidPayload, readAlertList } from '../fields/parse-each.ts';
import { pointerToken } from '../text.ts';

/** What is around the alerts of a webhook. */
export interface Envelope {
  readonly entries: readonly unknown[];
  readonly truncatedAlerts: number;
}

export interface EnvelopeShape {
  readonly version: string;
  /** Fields that the sender's releases are known to write. */
  readonly fields: ReadonlySet<string>;
  readonly mode: ValidationMode;
}

/**
 * Since Alertmanager 0.32, and in Grafana, a user's template may replace the whole body, so the shape is looked at
 * first. Fields beside the alerts decide nothing; only a strict source is held to them.
 *
 * @throws TocsinError `invalid_payload` or `too_many_alerts`
 */
export function readEnvelope(body: unknown, { version, fields, mode }: EnvelopeShape): Envelope {
  if (!isJsonObject(body)) {
    throw invalidPayload('', `expected an object with "version" and "alerts", not ${kindOf(body)}`);
  }
  checkShape(body);
  if (body.version !== version) throw invalidPayload('/version', wrongVersionOf(body, version));
  if (mode === 'strict') checkFields(body, fields);
  const entries = readAlertList(body.alerts, '/alerts', '; set max_alerts');
  if (entries.length === 0) throw invalidPayload('/alerts', 'must not be empty');
  return { entries, truncatedAlerts: readCount(body.truncatedAlerts, mode) };
}

function checkShape(body: JsonObject): void {
  const missing = ['version', 'alerts'].filter((name) => !Object.hasOwn(body, name));
  if (missing.length === 0) return;
  const names = missing.map((name) => `"${name}"`).join(' and ');
  throw invalidPayload(
    `/${missing[0]}`,
    `${names} missing: only the sender's own webhook body is understood, no payload template`,
  );
}

function wrongVersionOf(body: JsonObject, version: string): string {
  const isGrafana = version === '4' && Object.hasOwn(body, 'orgId');
  return `must be "${version}"${isGrafana ? '; this looks like grafana' : ''}`;
}

function checkFields(body: JsonObject, fields: ReadonlySet<string>): void {
  const unknown = Object.keys(body).find((name) => !fields.has(name));
  if (unknown === undefined) return;
  throw invalidPayload(`/${pointerToken(unknown)}`, 'is not a field of this format');
}

/** It is told to the operator and decides nothing, so what is no count is none, but of a strict source. */
function readCount(value: unknown, mode: ValidationMode): number {
  const count = mode === 'coercive' && typeof value === 'string' ? numberOf(value) : value;
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
  if (mode === 'strict' && value !== undefined) throw invalidPayload('/truncatedAlerts', 'must be a count');
  return 0;
}
