import type { AlertSample, Labels } from '../../domain/alert/alert.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import { headingOf, standingOf } from '../text/heading.ts';
import { type SlackActions, slackButtons } from './slack-buttons.ts';
import { slackLink, slackText } from './slack-text.ts';

/** What chat.postMessage and chat.update take alike, all text escaped. */
export interface SlackMessage {
  /** Shown in push notifications. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly metadata: {
    readonly event_type: typeof slackEventType;
    readonly event_payload: SlackEventPayload;
  };
  /** chat.update would otherwise parse as a client does, and link names. */
  readonly parse: 'none';
}

/** By which a message is found again: the notification's key, or else the page that it belongs to. */
export interface SlackEventPayload {
  readonly notification_key: string;
  readonly incident_id: string;
  readonly kind: string;
  readonly round: number;
  readonly step: number;
  /** The channel's name in the configuration. */
  readonly target: string;
}

export interface SlackMessageOptions {
  readonly incidentUrl: string | undefined;
  /** Whether presses of buttons reach tocsin. */
  readonly hasButtons: boolean;
}

type SlackMarkdown = { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };
type SlackBlock =
  | { readonly type: 'section'; readonly text: SlackMarkdown }
  | { readonly type: 'context'; readonly elements: readonly SlackMarkdown[] }
  | SlackActions;

export const slackEventType = 'tocsin_notification';

// Slack takes 3,000 characters in one section, and 50 blocks: the limits of the parts below stay within both.
const maxShownAlerts = 5;
const maxShownLabels = 16;
const maxShownNotes = 5;

export function slackMessage(request: NotificationRequest, options: SlackMessageOptions): SlackMessage {
  const { key, kind, incident, round, step, channel } = request;
  const heading = slackText(headingOf(request), 200);
  const title = slackText(incident.title, 600);
  return {
    text: `${heading}: ${title}`,
    blocks: [
      section(`*${heading}*\n*${title}*\n${slackText(statusLine(request), 300)}`),
      ...textSection(noteLines(request)),
      ...details(request),
      ...(options.hasButtons ? slackButtons(request) : []),
      { type: 'context', elements: [markdown(hint(request, options))] },
    ],
    metadata: {
      event_type: slackEventType,
      event_payload: {
        notification_key: key,
        incident_id: incident.id,
        kind,
        round,
        step,
        target: channel,
      },
    },
    parse: 'none',
  };
}

/** How things stand; of what nobody needs to act on, that. */
function statusLine(request: NotificationRequest): string {
  switch (request.kind) {
    case 'undo':
      return 'this page is withdrawn: others are asked instead';
    case 'test':
      return 'nobody needs to act';
    case 'reminder':
      return `${standingOf(request)} · still ${request.incident.state}`;
    default:
      return standingOf(request);
  }
}

function noteLines({ notes = [] }: NotificationRequest): string {
  return notes
    .slice(0, maxShownNotes)
    .map((note) => slackText(note, 300))
    .join('\n');
}

/** Labels and alerts, where somebody has to judge by them. */
function details({ kind, incident, alerts }: NotificationRequest): readonly SlackBlock[] {
  if (kind !== 'page' && kind !== 'update' && kind !== 'resolved') return [];
  const labels = textSection(labelLines(incident.labels));
  return kind === 'resolved' ? labels : [...labels, ...alerts.slice(0, maxShownAlerts).map(alertSection)];
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

function hint(
  { incident, kind, channel }: NotificationRequest,
  { incidentUrl, hasButtons }: SlackMessageOptions,
): string {
  if (kind === 'test') return `a test of the channel ${slackText(channel, 64)}`;
  const about = `incident ${slackText(incident.id, 64)}`;
  if (kind !== 'page' || hasButtons || incidentUrl === undefined) return about;
  return `${about} · acknowledge: POST ${slackText(incidentUrl, 512)}/acknowledge`;
}

function textSection(text: string): readonly SlackBlock[] {
  return text === '' ? [] : [section(text)];
}

function section(text: string): SlackBlock {
  return { type: 'section', text: markdown(text) };
}

/** `verbatim` stops Slack from looking for names and addresses in the text by itself. */
function markdown(text: string): SlackMarkdown {
  return { type: 'mrkdwn', text, verbatim: true };
}
