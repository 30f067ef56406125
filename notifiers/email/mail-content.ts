import { type AlertSample, cutText } from '../../domain/alert/alert.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import { headingOf, referenceOf, standingOf } from '../text/heading.ts';
import { printable } from '../text/printable.ts';

/** What a mail says: plain text, not yet escaped for HTML, each line on one line. */
export interface MailContent {
  readonly subject: string;
  readonly heading: string;
  readonly title: string;
  readonly sections: readonly (readonly MailLine[])[];
}

export interface MailLine {
  readonly text: string;
  /** An http or https address that the text may lead to. */
  readonly href?: string;
}

const maxSubjectLength = 200;
const maxLineLength = 1_000;

export function mailContent(request: NotificationRequest, incidentUrl: string | undefined): MailContent {
  const { kind, incident, alerts, notes = [], key } = request;
  const isOver = kind === 'resolved' || kind === 'undo';
  const labels = Object.entries(incident.labels).map(([name, value]) => line(`${name}: ${value}`));
  const withdrawn = kind === 'undo' ? ['The page was withdrawn: nobody needs to act on it.'] : [];
  return {
    subject: cutText(`[${subjectWordOf(request)}] ${oneLine(incident.title)}`, maxSubjectLength),
    heading: line(headingOf(request)).text,
    title: line(incident.title).text,
    sections: [
      [line(standingOf(request))],
      [...withdrawn, ...notes].map(line),
      labels,
      ...(isOver ? [] : alerts.map(alertLines)),
      [
        line(`incident ${incident.id}, ref ${referenceOf(key)}`),
        ...(incidentUrl === undefined ? [] : [link(incidentUrl)]),
        ...(incidentUrl === undefined || kind !== 'page'
          ? []
          : [line(`acknowledge: POST ${incidentUrl}/acknowledge`)]),
      ],
    ].filter((section) => section.length > 0),
  };
}

/** The severity of what somebody should look at; otherwise what has become of it. */
function subjectWordOf({ kind, incident }: NotificationRequest): string {
  switch (kind) {
    case 'page':
      return incident.severity;
    case 'reminder':
      return `${incident.severity}, reminder`;
    case 'update':
      return incident.state;
    case 'undo':
      return 'withdrawn';
    case 'resolved':
    case 'test':
      return kind;
  }
}

function alertLines(alert: AlertSample): MailLine[] {
  const { summary, description } = alert.annotations;
  const name = summary ?? alert.labels.alertname ?? alert.fingerprint;
  return [
    line(`${alert.status}: ${name}`),
    ...(description === undefined ? [] : [line(description)]),
    ...(alert.generatorUrl === undefined ? [] : [link(alert.generatorUrl)]),
  ];
}

function line(text: string): MailLine {
  return { text: cutText(oneLine(text), maxLineLength) };
}

/** A link is shown as where it leads, so that no text lies about it. */
function link(target: string): MailLine {
  const url = URL.parse(target);
  const isPlain =
    url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (!isPlain || url.href.length > maxLineLength) return line(target);
  return { text: url.href, href: url.href };
}

function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim());
}
