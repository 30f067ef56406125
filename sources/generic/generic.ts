import { isJsonObject, kindOf } from '../fields/json-object.ts';
import { invalidPayload, parseEach, parseOne, readAlertList } from '../fields/parse-each.ts';
import type { ParsedPayload, SourceContext, SourceFormat, SourceRequest } from '../source.ts';
import type { Layout } from './layout.ts';
import { layoutOf } from './layout-of.ts';
import { parseGenericAlert } from './parse-generic-alert.ts';
import { valueAt } from './pointer.ts';

/** JSON of any shape, whose parts are found by the pointers of the source's mapping: no code, no expressions. */
export const genericFormat: SourceFormat = { type: 'generic', parse };

function parse({ body }: SourceRequest, context: SourceContext): ParsedPayload {
  const { list, path } = findList(body, layoutOf(context.mapping));
  const parse = (entry: unknown) => parseGenericAlert(entry, context);
  if (list === undefined) return { ...parseOne(body, '', parse), truncatedAlerts: 0 };
  const entries = readAlertList(list, path);
  if (entries.length === 0) throw invalidPayload(path, 'must not be empty');
  return { ...parseEach(entries, path, parse), truncatedAlerts: 0 };
}

interface AlertList {
  /** Undefined: the body is one alert. */
  readonly list: unknown;
  readonly path: string;
}

function findList(body: unknown, { alerts, isListOptional }: Layout): AlertList {
  const list = alerts && valueAt(body, alerts);
  const isMissing = list === undefined || list === null;
  if (alerts !== undefined && !isMissing) return { list, path: alerts.text };
  if (alerts !== undefined && !isListOptional) throw invalidPayload(alerts.text, 'is missing');
  if (Array.isArray(body)) return { list: body, path: '' };
  if (isJsonObject(body)) return { list: undefined, path: '' };
  throw invalidPayload('', `must be an object or an array, not ${kindOf(body)}`);
}
