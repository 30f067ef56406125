import type { AlertFired } from '../../domain/events/alert-events.ts';
import type { IncidentEvent } from '../../domain/events/incident-events.ts';
import { mostSevere, type Severity, severityRank } from '../../domain/severity.ts';
import { fingerprintOfSent, type SentAlert } from './alertmanager-body.ts';
import type { LoggedEvent } from './recorded-log.ts';

/** What the event log alone can show: I1, I4, I5 and the dense versions of I7. */
export function brokenPromises(log: readonly LoggedEvent[], acknowledged: readonly SentAlert[]): string[] {
  const streams = Map.groupBy(log, ({ stream }) => stream);
  const incidents = [...streams].filter(([name]) => name.startsWith('incident-')).map(([, events]) => events);
  return [
    ...[...streams].flatMap(([name, events]) => gapsIn(name, events)),
    ...lostAlerts(log, incidents, acknowledged),
    ...incidents.flatMap(noisyAfterAnswer),
    ...incidents.flatMap(earlySteps),
  ];
}

function gapsIn(name: string, events: readonly LoggedEvent[]): string[] {
  const versions = events.map(({ version }) => version);
  return versions.every((version, index) => version === index)
    ? []
    : [`I7: ${name} has versions ${versions}`];
}

/** I1: in the log, and in an incident that paged somebody or gave up trying, unless an event says what kept it quiet. */
function lostAlerts(
  log: readonly LoggedEvent[],
  incidents: readonly (readonly LoggedEvent[])[],
  acknowledged: readonly SentAlert[],
): string[] {
  const fired = log.filter(isFired);
  return acknowledged
    .filter(({ status }) => status === 'firing')
    .flatMap((alert) => {
      const name = `${alert.labels.alertname} of ${alert.startsAt}`;
      const found = fired.find(({ event }) => isSame(event.data, alert));
      if (found === undefined) return [`I1: ${name} is not in the log`];
      return unpagedJoins(episodeOf(log, found), incidents).map((why) => `I1: ${why} for ${name}`);
    });
}

/** The events of one alert from its firing to the one before its next. */
function episodeOf(log: readonly LoggedEvent[], fired: LoggedFire): readonly LoggedEvent[] {
  const later = log
    .filter(({ stream, version }) => stream === fired.stream && version > fired.version)
    .sort((a, b) => a.version - b.version);
  const next = later.findIndex(({ event }) => event.type === 'AlertFired');
  return [fired, ...(next === -1 ? later : later.slice(0, next))];
}

/** Each time that incidents began to count it, somebody was paged, or it was quieted or over while they gathered. */
function unpagedJoins(
  episode: readonly LoggedEvent[],
  incidents: readonly (readonly LoggedEvent[])[],
): string[] {
  return episode.flatMap((logged, index) => {
    const { event } = logged;
    if (event.type !== 'AlertFired' && event.type !== 'AlertReleased') return [];
    const counting = event.data.incidents.filter(({ quiet }) => quiet === undefined);
    const next = episode.slice(index + 1).map(({ event }) => event.type);
    if (counting.length === 0)
      return next[0] === 'AlertSuppressed' ? [] : ['nothing says what kept it quiet'];
    const gathers = counting.some(({ groupWaitMs = 0 }) => groupWaitMs > 0) && next.includes('AlertResolved');
    if (gathers || next.includes('AlertSuppressed')) return [];
    return incidents.some((events) => hasPagedFor(events, logged)) ? [] : ['nobody was paged'];
  });
}

type LoggedFire = LoggedEvent & { readonly event: AlertFired };

function isFired(logged: LoggedEvent): logged is LoggedFire {
  return logged.event.type === 'AlertFired';
}

function isSame({ alert }: AlertFired['data'], sent: SentAlert): boolean {
  return alert.fingerprint === fingerprintOfSent(sent) && alert.startsAt === sent.startsAt;
}

function hasPagedFor(events: readonly LoggedEvent[], { lane, position, event }: LoggedEvent): boolean {
  const bodies = events.map(incidentEventOf);
  const taken = 'incidents' in event.data ? event.data.incidents : [];
  const isOurs = bodies.some(
    (body) =>
      body.type === 'IncidentOpened' && taken.some(({ workflowId }) => workflowId === body.data.workflowId),
  );
  const isTakenIn = bodies.some(
    (body) => body.type === 'AlertsAttached' && (body.data.positions[lane] ?? -1) >= position,
  );
  const ends = new Set(['NotificationDelivered', 'NotificationDeadLettered', 'NotificationFailed']);
  return isOurs && isTakenIn && bodies.some(({ type }) => ends.has(type));
}

/** The reasons for which a step may begin although somebody had answered. */
const restarts: ReadonlySet<string> = new Set([
  'escalated',
  'reassigned',
  'snooze_ended',
  'severity_raised',
  'acknowledgement_expired',
]);

const answers: ReadonlySet<string> = new Set(['IncidentAcknowledged', 'IncidentSnoozed', 'IncidentResolved']);

/** I4: between an answer and what ends its silence no step begins, or is passed: that comes before another begins. */
function noisyAfterAnswer(events: readonly LoggedEvent[]): string[] {
  const faults: string[] = [];
  let isQuiet = false;
  let snoozedUntil: string | undefined;
  let top: Severity = 'info';
  for (const { stream, version, event } of events) {
    if (answers.has(event.type)) {
      isQuiet = true;
      snoozedUntil = event.type === 'IncidentSnoozed' ? event.data.until : undefined;
    }
    if (endsQuiet(event, { top, snoozedUntil })) isQuiet = false;
    if ('severity' in event.data) top = mostSevere(top, event.data.severity);
    if (event.type !== 'StepStarted') continue;
    if (isQuiet && !restarts.has(event.data.reason))
      faults.push(`I4: ${stream}@${version} starts a step although somebody answered`);
    isQuiet = false;
  }
  return faults;
}

interface Quiet {
  readonly top: Severity;
  readonly snoozedUntil: string | undefined;
}

/** A step that is passed or skipped after a snooze shows that the snooze was over. */
function endsQuiet({ type, data }: LoggedEvent['event'], { top, snoozedUntil }: Quiet): boolean {
  if (type === 'AlertsAttached') return severityRank(data.severity) < severityRank(top);
  if (type === 'StepSkipped') return snoozedUntil !== undefined && data.at >= snoozedUntil;
  return type === 'AcknowledgementExpired' || type === 'IncidentEscalated' || type === 'IncidentReassigned';
}

/** I5: never before it is due, and due no sooner than the step before it allows. */
function earlySteps(events: readonly LoggedEvent[]): string[] {
  const faults: string[] = [];
  let allowedMs = 0;
  for (const { stream, version, event } of events) {
    if (event.type !== 'StepStarted') continue;
    const { at, dueAt, waitMs, reason } = event.data;
    if (Date.parse(at) < Date.parse(dueAt)) faults.push(`I5: ${stream}@${version} began before it was due`);
    const waits = reason === 'not_acknowledged' || reason === 'repeat';
    if (waits && Date.parse(dueAt) < allowedMs) faults.push(`I5: ${stream}@${version} was due too early`);
    allowedMs = Date.parse(at) + waitMs;
  }
  return faults;
}

export function latenessOf(log: readonly LoggedEvent[]): { readonly steps: number; readonly maxMs: number } {
  const lateMs = log.flatMap(({ event }) =>
    event.type === 'StepStarted' ? [Date.parse(event.data.at) - Date.parse(event.data.dueAt)] : [],
  );
  return { steps: lateMs.length, maxMs: Math.max(0, ...lateMs) };
}

/** Only the saga writes incident streams. */
function incidentEventOf({ event }: LoggedEvent): IncidentEvent {
  return event as IncidentEvent;
}
