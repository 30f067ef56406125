import { type AlertSample, cutText, type Labels } from '../../domain/alert/alert.ts';
import { limits } from '../../domain/limits.ts';
import { unreachable } from '../../domain/never.ts';
import type { IncidentStatus, NotificationRequest } from '../../domain/policy/notification.ts';
import { headingOf, standingOf } from '../text/heading.ts';
import { printable } from '../text/printable.ts';

export type PagerdutyAction = 'trigger' | 'acknowledge' | 'resolve';

export interface PagerdutyEventOptions {
  readonly routingKey: string;
  readonly incidentUrl: string | undefined;
}

// Events API v2: summary at most 1,024 characters, the whole event at most 512 KB.
const maxSummaryLength = 1_024;
const maxEventBytes = 512_000;
/** Labels as long as these cannot fill the event, however much of them JSON escapes. */
const maxLabelLength = 512;

/** The event for a notification as JSON. PagerDuty takes the incident's id as often as we like: one alert of theirs for one incident of ours. */
export function pagerdutyEvent(request: NotificationRequest, options: PagerdutyEventOptions): string {
  const action = actionOf(request);
  const head = {
    routing_key: options.routingKey,
    event_action: action,
    dedup_key: dedupKeyOf(request),
  };
  if (action !== 'trigger') return JSON.stringify(head);
  return withinLimit(
    (alerts) => ({
      ...head,
      payload: payloadOf(request, alerts),
      links: linksOf(request, options),
      client: 'tocsin',
      ...(options.incidentUrl !== undefined && { client_url: options.incidentUrl }),
    }),
    request.alerts,
  );
}

/** A test has no incident that would ever end, so it must not be taken for one. */
export function dedupKeyOf({ kind, key, incident }: NotificationRequest): string {
  return kind === 'test' ? key : incident.id;
}

const actionOfState: Readonly<Record<IncidentStatus, PagerdutyAction>> = {
  open: 'trigger',
  acknowledged: 'acknowledge',
  snoozed: 'acknowledge',
  resolved: 'resolve',
};

function actionOf({ kind, incident }: NotificationRequest): PagerdutyAction {
  switch (kind) {
    case 'page':
    case 'reminder':
    case 'test':
      return 'trigger';
    case 'update':
      return actionOfState[incident.state];
    case 'resolved':
    case 'undo':
      return 'resolve';
    default:
      return unreachable(kind);
  }
}

function payloadOf(request: NotificationRequest, alerts: readonly AlertSample[]): object {
  const { incident, key, notes = [] } = request;
  const { instance, host, alertname } = incident.labels;
  return {
    summary: cutText(`${summaryPrefix(request)}${oneLine(incident.title)}`, maxSummaryLength),
    source: cutText(oneLine(instance ?? host ?? alerts[0]?.labels.instance ?? 'tocsin'), 255) || 'tocsin',
    severity: incident.severity,
    timestamp: incident.openedAt,
    ...(alertname !== undefined && { class: cutText(oneLine(alertname), 255) }),
    custom_details: {
      standing: standingOf(request),
      ...(notes.length > 0 && { notes: notes.map(oneLine) }),
      labels: shortened(incident.labels),
      alerts: alerts.map((alert) => ({
        status: alert.status,
        labels: alert.labels,
        annotations: alert.annotations,
        starts_at: alert.startsAt,
      })),
      alert_count: incident.alertCount,
      incident_id: incident.id,
      notification: key,
    },
  };
}

/** A page shows its title as it is; what repeats it says so. */
function summaryPrefix(request: NotificationRequest): string {
  return request.kind === 'page' ? '' : `${oneLine(headingOf(request))}: `;
}

function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '));
}

function shortened(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, cutText(value, maxLabelLength)]),
  );
}

interface PagerdutyLink {
  readonly href: string;
  readonly text: string;
}

function linksOf({ alerts }: NotificationRequest, { incidentUrl }: PagerdutyEventOptions): PagerdutyLink[] {
  const source = alerts.find(({ generatorUrl }) => generatorUrl !== undefined)?.generatorUrl;
  return [
    ...(incidentUrl === undefined ? [] : [{ href: incidentUrl, text: 'the incident in tocsin' }]),
    ...(source === undefined || !isWebAddress(source) ? [] : [{ href: source, text: 'source' }]),
  ];
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

/** Fewer alerts until it fits; the count still tells how many there are. */
function withinLimit(
  build: (alerts: readonly AlertSample[]) => object,
  alerts: readonly AlertSample[],
): string {
  for (let shown = Math.min(alerts.length, limits.maxSamples); shown > 0; shown = Math.floor(shown / 2)) {
    const event = JSON.stringify(build(alerts.slice(0, shown)));
    if (Buffer.byteLength(event) <= maxEventBytes) return event;
  }
  return JSON.stringify(build([]));
}
