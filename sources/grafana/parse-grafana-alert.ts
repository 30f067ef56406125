import type { Labels } from '../../domain/alert/alert.ts';
import type { SenderCommand } from '../../domain/alert/command.ts';
import { alertFields, readAlert } from '../alertmanager/read-alert.ts';
import { buildAlert } from '../fields/build-alert.ts';
import { readExtra } from '../fields/extra.ts';
import { isAbsent, type JsonObject, readObject } from '../fields/json-object.ts';
import { cutAnnotations } from '../fields/labels.ts';
import { readNumber } from '../fields/number.ts';
import { type Reading, startReading } from '../fields/reading.ts';
import { cleanAndFlag } from '../fields/text.ts';
import { readUrl } from '../fields/url.ts';
import type { SourceContext } from '../source.ts';
import { pointerToken } from '../text.ts';

/** Links that help who is paged, and the annotations that they become. */
const links: readonly (readonly [string, string])[] = [
  ['dashboardURL', 'dashboard_url'],
  ['panelURL', 'panel_url'],
  ['silenceURL', 'silence_url'],
  ['imageURL', 'image_url'],
];

/** An embedded image is far too large to be kept; `imageURL` leads to the same where Grafana has a store for images. */
const usedFields: ReadonlySet<string> = new Set([
  ...alertFields,
  ...links.map(([field]) => field),
  'values',
  'embeddedImage',
]);

/** Fields of Grafana's that only machines ask for: they are kept as they came, as unknown ones are. */
const allFields: ReadonlySet<string> = new Set([
  ...usedFields,
  'valueString',
  'ruleUID',
  'orgId',
  'enrichments',
]);

/** @throws RejectedField naming the first field that is wrong */
export function parseGrafanaAlert(value: unknown, context: SourceContext): SenderCommand {
  const entry = readObject(value, '');
  const reading = startReading(context);
  const parts = readAlert(entry, reading);
  const added = { ...readLinks(entry, reading), ...readValues(entry.values, reading) };
  // the sender's own come first and keep their words
  const found = { ...parts.annotations, ...added, ...parts.annotations };
  const annotations = cutAnnotations(found, reading);
  const extra = readExtra(entry, context.validation === 'strict' ? allFields : usedFields, reading);
  return { kind: 'observe', alert: buildAlert({ ...parts, annotations, extra }, context, reading) };
}

function readLinks(entry: JsonObject, reading: Reading): Labels {
  const found = links.flatMap(([field, annotation]) => {
    const url = readUrl(entry[field], `/${field}`, { flag: `${annotation}_dropped`, reading });
    return url === undefined ? [] : [[annotation, url] as const];
  });
  return Object.fromEntries(found);
}

/** What the queries of the rule gave, as one line: `A=1, B=92.5`. Grafana itself writes null where there is nothing. */
function readValues(value: unknown, reading: Reading): Labels {
  if (value === null || isAbsent(value, '/values', reading)) return {};
  const values = Object.entries(readObject(value, '/values', 'an object of numbers')).filter(
    ([, number]) => number !== null,
  );
  if (values.length === 0) return {};
  const texts = values.map(([name, number]) => {
    const path = `/values/${pointerToken(name)}`;
    return `${cleanAndFlag(name, reading)}=${readNumber(number, path, reading)}`;
  });
  return { values: texts.join(', ') };
}
