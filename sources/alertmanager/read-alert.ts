import type { AlertParts } from '../fields/build-alert.ts';
import { readFingerprint } from '../fields/fingerprint.ts';
import { readInstant, readStart } from '../fields/instant.ts';
import type { JsonObject } from '../fields/json-object.ts';
import { readAnnotations, readLabels } from '../fields/labels.ts';
import type { Reading } from '../fields/reading.ts';
import { RejectedField } from '../fields/rejected-field.ts';
import { readWord } from '../fields/text.ts';
import { readGeneratorUrl } from '../fields/url.ts';
import { severityOf } from '../severity.ts';

export const alertFields: ReadonlySet<string> = new Set([
  'status',
  'labels',
  'annotations',
  'startsAt',
  'endsAt',
  'generatorURL',
  'fingerprint',
]);

const statuses = ['firing', 'resolved'] as const;

/**
 * One entry of `alerts[]`, of Alertmanager's webhook and of Grafana's, which has the same fields and more.
 *
 * @throws RejectedField naming the first field that is wrong
 */
export function readAlert(entry: JsonObject, reading: Reading): AlertParts {
  const status = readWord(entry.status, '/status', { words: statuses, reading });
  const labels = readLabels(entry.labels, '/labels', reading);
  const annotations = readAnnotations(entry.annotations, '/annotations', reading);
  if (entry.startsAt === undefined || entry.startsAt === null) {
    throw new RejectedField('/startsAt', 'is missing');
  }
  return {
    status,
    severity: severityOf(labels.severity),
    labels,
    annotations,
    startsAt: readStart(entry.startsAt, '/startsAt', reading),
    endsAtMs: readInstant(entry.endsAt, '/endsAt', reading),
    generatorUrl: readGeneratorUrl(entry.generatorURL, '/generatorURL', reading),
    fingerprint: readFingerprint(entry.fingerprint, '/fingerprint', { labels, reading }),
  };
}
