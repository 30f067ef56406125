import type { AlertSample } from '../../domain/alert/alert.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import { headingOf, referenceOf, standingOf } from '../text/heading.ts';
import { telegramLink, telegramText } from './telegram-html.ts';

// Telegram takes 4,096 characters; the title, the last line and the tags fit into what these leave.
const maxLinesLength = 2_800;
const maxShownAlerts = 5;
const maxShownLabels = 16;

/** A message in Telegram's HTML, all text escaped. */
export function telegramMessage(request: NotificationRequest, incidentUrl: string | undefined): string {
  const { kind, incident, alerts, notes = [] } = request;
  const labels = Object.entries(incident.labels)
    .slice(0, maxShownLabels)
    .map(([name, value]) => `${telegramText(name, 64)}: ${telegramText(value, 110)}`);
  const isOver = kind === 'resolved' || kind === 'undo';
  const details = [
    telegramText(standingOf(request), 200),
    ...(kind === 'undo' ? ['The page was withdrawn: nobody needs to act on it.'] : []),
    ...notes.map((note) => telegramText(note, 300)),
    ...labels,
    ...(isOver ? [] : alerts.slice(0, maxShownAlerts).flatMap(alertLines)),
  ];
  return [
    `<b>${telegramText(headingOf(request), 160)}</b>`,
    `<b>${telegramText(incident.title, 600)}</b>`,
    ...asManyAsFit(details),
    lastLine(request, incidentUrl),
  ].join('\n');
}

function alertLines(alert: AlertSample): string[] {
  const { summary, description } = alert.annotations;
  const name = summary ?? alert.labels.alertname ?? alert.fingerprint;
  const link = alert.generatorUrl === undefined ? undefined : telegramLink(alert.generatorUrl, 'source');
  return [
    `${alert.status}: ${telegramText(name, 300)}`,
    ...(description === undefined ? [] : [telegramText(description, 500)]),
    ...(link === undefined ? [] : [link]),
  ];
}

function lastLine({ key, incident, kind }: NotificationRequest, incidentUrl: string | undefined): string {
  const about = `incident ${telegramText(incident.id, 64)} · ref ${telegramText(referenceOf(key), 24)}`;
  if (kind !== 'page' || incidentUrl === undefined) return about;
  return `${about} · acknowledge: POST ${telegramText(incidentUrl, 300)}/acknowledge`;
}

/** Whole lines only: a line cut in two could end inside a tag. */
function asManyAsFit(lines: readonly string[]): string[] {
  let left = maxLinesLength;
  return lines.filter((line) => {
    left -= line.length + 1;
    return left >= 0;
  });
}
