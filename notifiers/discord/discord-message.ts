import type { AlertSample, Labels } from '../../domain/alert/alert.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import { headingOf, standingOf } from '../text/heading.ts';
import { printable } from '../text/printable.ts';
import { discordLink, discordText } from './discord-text.ts';

/** What a webhook of Discord takes, for a new message and for an edit alike. */
export interface DiscordMessage {
  /** Shown in push notifications. */
  readonly content: string;
  readonly embeds: readonly DiscordEmbed[];
  /** Nobody is pinged, whatever the text says. */
  readonly allowed_mentions: { readonly parse: readonly never[] };
}

interface DiscordEmbed {
  readonly description: string;
  readonly color: number;
  /** Plain text: Discord renders no Markdown here. */
  readonly footer: { readonly text: string };
}

// Discord takes 2,000 characters of content, 4,096 of a description and 2,048 of a footer, and 6,000 in all embeds
// (Discord, "Message limits"): the parts below stay within that.
const maxDescription = 4_000;
const maxShownAlerts = 5;
const maxShownLabels = 16;
const maxShownNotes = 5;

const colors = { alarm: 0xd92d20, calm: 0x2e7d32, waiting: 0xe0a100, plain: 0x808080 };

export function discordMessage(request: NotificationRequest): DiscordMessage {
  const { incident, kind, channel } = request;
  const footer = kind === 'test' ? `a test of the channel ${channel}` : `incident ${incident.id}`;
  return {
    content: `**${discordText(headingOf(request), 300)}: ${discordText(incident.title, 1_200)}**`,
    embeds: [
      {
        description: descriptionOf(request),
        color: colorOf(request),
        footer: { text: printable(footer).slice(0, 200) },
      },
    ],
    allowed_mentions: { parse: [] },
  };
}

/** Whole lines, as many as there is room for. */
function descriptionOf(request: NotificationRequest): string {
  let description = '';
  for (const line of linesOf(request)) {
    if (description.length + line.length + 1 > maxDescription) break;
    description += description === '' ? line : `\n${line}`;
  }
  return description;
}

function linesOf(request: NotificationRequest): readonly string[] {
  const { kind, incident, alerts, notes = [] } = request;
  if (kind === 'undo') return ['this page is withdrawn: others are asked instead'];
  if (kind === 'test') return ['nobody needs to act'];
  const lines = [
    discordText(standingOf(request), 300),
    ...notes.slice(0, maxShownNotes).map((note) => discordText(note, 300)),
  ];
  if (kind === 'reminder') return [...lines, `still ${incident.state}`];
  const shownAlerts = kind === 'resolved' ? [] : alerts.slice(0, maxShownAlerts).flatMap(alertLines);
  return [...lines, ...labelLines(incident.labels), ...shownAlerts];
}

function labelLines(labels: Labels): string[] {
  return Object.entries(labels)
    .slice(0, maxShownLabels)
    .map(([name, value]) => `${discordText(name, 64)}: ${discordText(value, 110)}`);
}

function alertLines({ status, annotations, labels, fingerprint, generatorUrl }: AlertSample): string[] {
  const name = annotations.summary ?? labels.alertname ?? fingerprint;
  const { description } = annotations;
  const link = discordLink(generatorUrl, 'source');
  return [
    `${status}: ${discordText(name, 300)}`,
    ...(description === undefined ? [] : [discordText(description, 500)]),
    ...(link === undefined ? [] : [link]),
  ];
}

function colorOf({ kind, incident }: NotificationRequest): number {
  if (kind === 'undo' || kind === 'test') return colors.plain;
  switch (incident.state) {
    case 'open':
      return colors.alarm;
    case 'resolved':
      return colors.calm;
    default:
      return colors.waiting;
  }
}
