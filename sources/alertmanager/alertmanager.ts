import { buildAlert } from '../fields/build-alert.ts';
import { readExtra } from '../fields/extra.ts';
import { readObject } from '../fields/json-object.ts';
import { parseEach } from '../fields/parse-each.ts';
import { startReading } from '../fields/reading.ts';
import type { ParsedPayload, SourceContext, SourceFormat, SourceRequest } from '../source.ts';
import { alertFields, readAlert } from './read-alert.ts';
import { readEnvelope } from './read-envelope.ts';

/** The JSON of Alertmanager's `webhook_config`, version 4: prometheus.io/docs/alerting/latest/configuration. */
export const alertmanagerFormat: SourceFormat = { type: 'alertmanager', parse };

/** Up to Alertmanager 0.34. */
const envelopeFields: ReadonlySet<string> = new Set([
  'version',
  'groupKey',
  'truncatedAlerts',
  'status',
  'receiver',
  'groupLabels',
  'commonLabels',
  'commonAnnotations',
  'routeLabels',
  'externalURL',
  'notification_reason',
  'alerts',
]);

function parse({ body }: SourceRequest, context: SourceContext): ParsedPayload {
  const mode = context.validation;
  const { entries, truncatedAlerts } = readEnvelope(body, { version: '4', fields: envelopeFields, mode });
  const { commands, rejected } = parseEach(entries, '/alerts', (value) => {
    const entry = readObject(value, '');
    const reading = startReading(context);
    const parts = readAlert(entry, reading);
    const extra = readExtra(entry, alertFields, reading);
    const alert = buildAlert(extra === undefined ? parts : { ...parts, extra }, context, reading);
    return { kind: 'observe', alert };
  });
  return { commands, rejected, truncatedAlerts };
}
