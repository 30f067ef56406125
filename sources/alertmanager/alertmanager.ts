import { TocsinError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { ParsedAlert, ParsedPayload, RejectedAlert, SourceContext, SourceFormat } from '../source.ts';
import { kindOf } from './labels.ts';
import { parseAlert } from './parse-alert.ts';
import { RejectedField } from './rejected-field.ts';

/** The JSON of Alertmanager's `webhook_config`, version 4: prometheus.io/docs/alerting/latest/configuration. */
export const alertmanagerFormat: SourceFormat = { type: 'alertmanager', parse };

function parse(body: unknown, context: SourceContext): ParsedPayload {
  const { entries, truncatedAlerts } = readEnvelope(body);
  const alerts: ParsedAlert[] = [];
  const rejected: RejectedAlert[] = [];
  for (const [index, entry] of entries.entries()) {
    try {
      alerts.push({ index, alert: parseAlert(entry, `/alerts/${index}`, context) });
    } catch (error) {
      if (!(error instanceof RejectedField)) throw error;
      rejected.push({ index, path: error.path, reason: error.message });
    }
  }
  return { alerts, rejected, truncatedAlerts };
}

interface Envelope {
  readonly entries: readonly unknown[];
  readonly truncatedAlerts: number;
}

/** Since Alertmanager 0.32 a user's template may replace the whole body, so the shape is looked at first. */
function readEnvelope(body: unknown): Envelope {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('', `expected an object with "version" and "alerts", not ${kindOf(body)}`);
  }
  const fields = new Map<string, unknown>(Object.entries(body));
  const missing = ['version', 'alerts'].filter((name) => !fields.has(name));
  if (missing.length > 0) {
    const names = missing.map((name) => `"${name}"`).join(' and ');
    throw invalid(
      `/${missing[0]}`,
      `${names} missing: only alertmanager's own webhook body is understood, no payload template`,
    );
  }
  if (fields.get('version') !== '4') {
    const hint = fields.has('orgId') ? '; this looks like grafana' : '';
    throw invalid('/version', `must be "4"${hint}`);
  }
  return {
    entries: readAlerts(fields.get('alerts')),
    truncatedAlerts: readCount(fields.get('truncatedAlerts')),
  };
}

function readAlerts(alerts: unknown): readonly unknown[] {
  if (!Array.isArray(alerts)) throw invalid('/alerts', `must be an array, not ${kindOf(alerts)}`);
  if (alerts.length === 0) throw invalid('/alerts', 'must not be empty');
  if (alerts.length > limits.maxAlertsPerRequest) {
    const detail = `${alerts.length} alerts, at most ${limits.maxAlertsPerRequest} are allowed; set max_alerts`;
    throw new TocsinError('too_many_alerts', { path: '/alerts', detail });
  }
  return alerts;
}

function readCount(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

function invalid(path: string, detail: string): TocsinError {
  return new TocsinError('invalid_payload', { path, detail });
}
