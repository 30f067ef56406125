import { errorDefinitions, type TocsinError } from '../../domain/errors.ts';
import { parseEach, readAlertList } from '../fields/parse-each.ts';
import { retryAfterOf } from '../retry-after.ts';
import type { ParsedPayload, SourceAnswer, SourceContext, SourceFormat, SourceRequest } from '../source.ts';
import { parsePostedAlert } from './parse-posted-alert.ts';

/**
 * `POST /api/v2/alerts` as Alertmanager's own clients call it, Prometheus and amtool among them:
 * github.com/prometheus/alertmanager, api/v2/openapi.yaml.
 */
export const alertmanagerApiFormat: SourceFormat = { type: 'alertmanager-api', parse, answer, refuse };

function parse({ body }: SourceRequest, context: SourceContext): ParsedPayload {
  const entries = readAlertList(body, '');
  const parsed = parseEach(entries, '', (entry) => parsePostedAlert(entry, context));
  return { ...parsed, truncatedAlerts: 0, nothingToDo: entries.length === 0 };
}

/**
 * 200 without a body, or 400 with the reasons as a JSON string. Alertmanager answers 400 as soon as one alert of a list
 * is wrong, and keeps the others; here any that is kept is a success, as for all senders.
 */
function answer({ commands, rejected }: ParsedPayload): SourceAnswer {
  if (commands.length > 0 || rejected.length === 0) return { status: 200 };
  const named = rejected.slice(0, 10).map(({ path, reason }) => `${path}: ${reason}`);
  const others = rejected.length - named.length;
  return { status: 400, body: `${named.join('; ')}${others > 0 ? `; and ${others} more` : ''}` };
}

function refuse(error: TocsinError): SourceAnswer {
  const { status, kind, retryable, message } = errorDefinitions[error.code];
  const body = kind === 'bug' ? message : (error.detail ?? message);
  if (retryable) return { status, headers: retryAfterOf(error), body };
  return { status: kind === 'input' ? 400 : status, body };
}
