import type { AlertSample, Labels } from '../../domain/alert/alert.ts';
import { unreachable } from '../../domain/never.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import { slackLink, slackText } from './slack-text.ts';

/** What chat.postMessage and chat.update take alike, all text escaped. */
export interface SlackMessage {
  /** Shown in push notifications. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly metadata: {
    readonly event_type: string;
    readonly event_payload: Readonly<Record<string, string | number>>;
  };
  /** chat.update would otherwise parse as a client does, and link names. */
  readonly parse: 'none';
}

type SlackMarkdown = { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };
type SlackBlock =
  | { readonly type: 'section'; readonly text: SlackMarkdown }
  | { readonly type: 'context'; readonly elements: readonly SlackMarkdown[] };

// Slack takes 3,000 characters in one section, and 50 blocks: the limits of the parts below stay within both.
const maxShownAlerts = 5;
const maxShownLabels = 16;

export function slackMessage(request: NotificationRequest, incidentUrl: string | undefined): SlackMessage {
  const { key, kind, incident, alerts } = request;
  const heading = headingOf(request);
  const title = slackText(incident.title, 600);
  const labels = labelLines(incident.labels);
  return {
    text: `${heading}: ${title}`,
    blocks: [
      section(`*${heading}*\n*${title}*\n${statusLine(request)}`),
      ...(labels === '' ? [] : [section(labels)]),
      ...(kind === 'resolved' ? [] : alerts.slice(0, maxShownAlerts).map(alertSection)),
      { type: 'context', elements: [markdown(hint(request, incidentUrl))] },
    ],
    metadata: {
      event_type: 'tocsin_notification',
      event_payload: { notification_key: key, incident_id: incident.id, kind },
    },
    parse: 'none',
  };
}

function headingOf({ kind, incident, by }: NotificationRequest): string {
  const who = by === undefined ? '' : ` by ${slackText(by, 128)}`;
  switch (kind) {
    case 'page':
      return `PAGE ${incident.severity}`;
    case 'update':
      return `${incident.state.toUpperCase()}${who}`;
    case 'resolved':
      return `RESOLVED${who}`;
    default:
      return unreachable(kind);
  }
}

function statusLine({ incident, step, round, kind }: NotificationRequest): string {
  const count = incident.alertCount === 1 ? '1 alert' : `${incident.alertCount} alerts`;
  const place = kind === 'page' ? ` · step ${step + 1}, round ${round + 1}` : '';
  return `${incident.severity} · ${count} · open since ${slackText(incident.openedAt, 40)}${place}`;
}

function labelLines(labels: Labels): string {
  return Object.entries(labels)
    .slice(0, maxShownLabels)
    .map(([name, value]) => `${slackText(name, 64)}: ${slackText(value, 110)}`)
    .join('\n');
}

function alertSection(alert: AlertSample): SlackBlock {
  const { summary, description } = alert.annotations;
  const name = summary ?? alert.labels.alertname ?? alert.fingerprint;
  const link = alert.generatorUrl === undefined ? undefined : slackLink(alert.generatorUrl, 'source');
  const lines = [`${alert.status}: ${slackText(name, 300)}`];
  if (description !== undefined) lines.push(slackText(description, 500));
  if (link !== undefined) lines.push(link);
  return section(lines.join('\n'));
}

function hint({ incident, kind }: NotificationRequest, incidentUrl: string | undefined): string {
  const about = `incident ${slackText(incident.id, 64)}`;
  if (kind !== 'page' || incidentUrl === undefined) return about;
  return `${about} · acknowledge: POST ${slackText(incidentUrl, 512)}/acknowledge`;
}

function section(text: string): SlackBlock {
  return { type: 'section', text: markdown(text) };
}

/** `verbatim` stops Slack from looking for names and addresses in the text by itself. */
function markdown(text: string): SlackMarkdown {
  return { type: 'mrkdwn', text, verbatim: true };
}
