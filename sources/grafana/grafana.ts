import { alertmanagerFormat } from '../alertmanager/alertmanager.ts';
import { readEnvelope } from '../alertmanager/read-envelope.ts';
import { isJsonObject } from '../fields/json-object.ts';
import { parseEach } from '../fields/parse-each.ts';
import { verifyHmac } from '../signature/verify-hmac.ts';
import type { ParsedPayload, SourceContext, SourceFormat, SourceRequest } from '../source.ts';
import { parseGrafanaAlert } from './parse-grafana-alert.ts';

/**
 * The webhook of Grafana's unified alerting, version 1: grafana.com/docs, "webhook notifier". The Alertmanager of
 * Grafana Cloud and Mimir sends Alertmanager's own, version 4, which is taken too.
 */
export const grafanaFormat: SourceFormat = { type: 'grafana', verify: verifyHmac, parse };

/** Up to Grafana 12. */
const envelopeFields: ReadonlySet<string> = new Set([
  'receiver',
  'status',
  'alerts',
  'groupLabels',
  'commonLabels',
  'commonAnnotations',
  'externalURL',
  'appVersion',
  'version',
  'groupKey',
  'truncatedAlerts',
  'orgId',
  'title',
  'state',
  'message',
]);

function parse(request: SourceRequest, context: SourceContext): ParsedPayload {
  const { body } = request;
  if (isJsonObject(body) && body.version === '4') return alertmanagerFormat.parse(request, context);
  const mode = context.validation;
  const { entries, truncatedAlerts } = readEnvelope(body, { version: '1', fields: envelopeFields, mode });
  const parsed = parseEach(entries, '/alerts', (entry) => parseGrafanaAlert(entry, context));
  return { ...parsed, truncatedAlerts };
}
