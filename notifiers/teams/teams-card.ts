import { type AlertSample, cutText, type Labels } from '../../domain/alert/alert.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import { headingOf, standingOf } from '../text/heading.ts';
import { plainLink } from '../text/plain-link.ts';
import { printable } from '../text/printable.ts';

/** What a Workflows webhook of Teams takes: a message with one Adaptive Card. */
export interface TeamsMessage {
  readonly type: 'message';
  /** Shown in notifications. */
  readonly summary: string;
  readonly attachments: readonly {
    readonly contentType: 'application/vnd.microsoft.card.adaptive';
    readonly content: AdaptiveCard;
  }[];
}

interface AdaptiveCard {
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  readonly type: 'AdaptiveCard';
  readonly version: '1.4';
  readonly body: readonly TextBlock[];
  readonly actions?: readonly {
    readonly type: 'Action.OpenUrl';
    readonly title: string;
    readonly url: string;
  }[];
}

/** Text runs show what they are given; a `TextBlock` would render Markdown, with links under other names. */
interface TextBlock {
  readonly type: 'RichTextBlock';
  readonly inlines: readonly TextRun[];
}

interface TextRun {
  readonly type: 'TextRun';
  readonly text: string;
  readonly weight?: 'Bolder';
  readonly size?: 'Large';
  readonly color?: 'Attention' | 'Good' | 'Warning';
  readonly isSubtle?: true;
}

// Teams takes a message of about 28 KB (Microsoft, "Create incoming webhooks", limits): the parts below stay within that,
// also where every character takes three bytes.
const maxShownAlerts = 5;
const maxShownLabels = 16;
const maxShownNotes = 5;

export function teamsMessage(request: NotificationRequest): TeamsMessage {
  const { incident, kind, channel, alerts } = request;
  const heading = shown(headingOf(request), 200);
  const title = shown(incident.title, 400);
  const about = kind === 'test' ? `a test of the channel ${channel}` : `incident ${incident.id}`;
  const source = plainLink(kind === 'page' ? alerts[0]?.generatorUrl : undefined);
  return {
    type: 'message',
    summary: `${heading}: ${title}`,
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            block({ text: heading, weight: 'Bolder', size: 'Large', ...colorOf(request) }),
            block({ text: title, weight: 'Bolder' }),
            ...linesOf(request).map((text) => block({ text })),
            block({ text: shown(about, 100), isSubtle: true }),
          ],
          ...(source !== undefined && {
            actions: [{ type: 'Action.OpenUrl' as const, title: 'Source', url: source }],
          }),
        },
      },
    ],
  };
}

function linesOf(request: NotificationRequest): readonly string[] {
  const { kind, incident, alerts, notes = [] } = request;
  if (kind === 'undo') return ['this page is withdrawn: others are asked instead'];
  if (kind === 'test') return ['nobody needs to act'];
  const lines = [
    shown(standingOf(request), 200),
    ...notes.slice(0, maxShownNotes).map((note) => shown(note, 200)),
  ];
  if (kind === 'reminder') return [...lines, `still ${incident.state}`];
  if (kind === 'resolved') return lines;
  return [...lines, ...labelLines(incident.labels), ...alerts.slice(0, maxShownAlerts).flatMap(alertLines)];
}

function labelLines(labels: Labels): string[] {
  return Object.entries(labels)
    .slice(0, maxShownLabels)
    .map(([name, value]) => `${shown(name, 40)}: ${shown(value, 60)}`);
}

function alertLines({ status, annotations, labels, fingerprint }: AlertSample): string[] {
  const name = annotations.summary ?? labels.alertname ?? fingerprint;
  const { description } = annotations;
  return [`${status}: ${shown(name, 200)}`, ...(description === undefined ? [] : [shown(description, 300)])];
}

function colorOf({ kind, incident }: NotificationRequest): Pick<TextRun, 'color'> {
  if (kind === 'undo' || kind === 'test') return {};
  if (incident.state === 'resolved') return { color: 'Good' };
  return { color: incident.state === 'open' ? 'Attention' : 'Warning' };
}

function block(run: Omit<TextRun, 'type'>): TextBlock {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', ...run }] };
}

/** One printable line of at most so many UTF-16 units, never empty: a card with an empty run is refused. */
function shown(text: string, maxLength: number): string {
  const line = cutText(printable(text.replace(/\s+/g, ' ').trim()), maxLength);
  return line === '' ? '-' : line;
}
