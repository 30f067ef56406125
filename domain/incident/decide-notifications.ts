import type { IncidentEvent, NotificationKind } from '../events/incident-events.ts';
import { notificationKeyOf } from '../ids.ts';
import { planNext } from '../policy/plan.ts';
import type { Target } from '../policy/policy.ts';
import { contactsDue } from './chains.ts';
import type { Incident, PostedMessage, Unit } from './incident.ts';
import { isUnwanted } from './notifying.ts';

/** The pages that are due: channels of the step that began, each once, and contacts of the chains that run. */
export function requestPages(incident: Incident, nowMs: number, at: string): IncidentEvent[] {
  if (incident.status !== 'open') return [];
  return [...requestChannels(incident, at), ...requestContacts(incident, nowMs, at)];
}

function requestChannels(incident: Incident, at: string): IncidentEvent[] {
  const { ladder } = incident;
  if (ladder === undefined) return [];
  const { round, step, mode, units, turn } = ladder;
  const wanted = mode === 'first_success' ? units.slice(turn, turn + 1) : units;
  return wanted
    .filter(isWaiting)
    .map(({ target }) => request({ incident, kind: 'page', round, step, sequence: 0, target, at }));
}

function isWaiting(unit: Unit): unit is Extract<Unit, { kind: 'target' }> {
  return unit.kind === 'target' && unit.state === 'waiting';
}

/** The number of a contact in its chain tells its pages apart where one contact is used twice. */
function requestContacts(incident: Incident, nowMs: number, at: string): IncidentEvent[] {
  const { held } = incident;
  return incident.chains
    .filter(({ startedAt }) => held === undefined || startedAt >= held.since)
    .flatMap((chain) => contactsDue(chain, nowMs))
    .flatMap(({ chain: { round, step, contacts }, index }) => {
      const target = contacts[index]?.target;
      if (target === undefined) return [];
      return [request({ incident, kind: 'page', round, step, sequence: index, target, at })];
    });
}

/** Whoever was paged last hears that the incident is still acknowledged and not resolved. */
export function requestReminders(incident: Incident, nowMs: number, at: string): IncidentEvent[] {
  const plan = planNext(incident, nowMs);
  if (plan.kind !== 'act' || plan.what !== 'reminder') return [];
  const { round = 0, step = 0 } = incident.ladder ?? {};
  return incident.paged.map((target, index) =>
    request({ incident, kind: 'reminder', round, step, sequence: incident.requested + index, target, at }),
  );
}

/** Edits for the messages that no longer tell the truth; one edit per message at a time. */
export function requestEdits(incident: Incident, at: string): IncidentEvent[] {
  return incident.messages
    .filter((message) => message.shows !== incident.status)
    .filter((message) => !isBeingEdited(incident, message) && !isToBeTakenBack(incident, message))
    .map(({ target, round, step, providerId }, index) =>
      request({
        incident,
        kind: incident.status === 'resolved' ? 'resolved' : 'update',
        round,
        step,
        sequence: incident.requested + index,
        target,
        at,
        providerId,
      }),
    );
}

function isBeingEdited(incident: Incident, message: PostedMessage): boolean {
  return incident.pending.some(({ providerId }) => providerId === message.providerId);
}

function isToBeTakenBack({ bundles }: Incident, { providerId, target }: PostedMessage): boolean {
  return bundles.some(
    ({ hasFailed, pages }) =>
      hasFailed && pages.some((page) => page.providerId === providerId && page.target.name === target.name),
  );
}

/**
 * Takes back what failed steps of mode `all_or_nothing` did, or may have done: the newest first, one after the other,
 * whatever became of the incident meanwhile. Of a resolved incident also what a page of unknown outcome may have opened.
 */
export function requestUndos(incident: Incident, at: string): IncidentEvent[] {
  const last = incident.bundles
    .filter(({ hasFailed, pages }) => hasFailed && pages.every(({ state }) => state === 'ended'))
    .flatMap(({ pages, round, step }) => pages.slice(-1).map((page) => ({ ...page, round, step })));
  return [...last, ...doubtful(incident)].map(({ key: of, target, providerId, round, step }, index) =>
    request({
      incident,
      kind: 'undo',
      round,
      step,
      sequence: incident.requested + index,
      target,
      at,
      of,
      ...(providerId !== undefined && { providerId }),
    }),
  );
}

function doubtful({ status, pending, deadLetters }: Incident) {
  if (status !== 'resolved' || pending.some(({ kind }) => kind === 'undo')) return [];
  return deadLetters
    .filter(({ kind, mayHaveArrived, target }) => kind === 'page' && mayHaveArrived && target.undoable)
    .slice(-1);
}

export interface Redelivery {
  readonly keys: readonly string[];
  /** `tocsin` where its provider answers again. */
  readonly by: string;
}

/** Dead letters that somebody still wants go out again under their keys: no page once somebody has answered. */
export function redeliver(incident: Incident, { keys, by }: Redelivery, at: string): IncidentEvent[] {
  return incident.deadLetters
    .filter((letter) => keys.includes(letter.key) && !isUnwanted(incident, letter))
    .map(({ key }) => ({ type: 'NotificationRedelivered', data: { at, key, by } }));
}

interface RequestOptions {
  readonly incident: Incident;
  readonly kind: NotificationKind;
  readonly round: number;
  readonly step: number;
  readonly sequence: number;
  readonly target: Target;
  readonly at: string;
  readonly providerId?: string;
  readonly of?: string;
}

function request({ incident, at, providerId, of, ...place }: RequestOptions): IncidentEvent {
  const { kind, round, step, sequence, target } = place;
  const key = notificationKeyOf({
    tenant: incident.tenant,
    incidentId: incident.id,
    kind,
    round,
    step,
    target: target.name,
    channel: target.channel,
    sequence,
  });
  const data = {
    at,
    key,
    kind,
    round,
    step,
    sequence,
    target,
    ...(providerId !== undefined && { providerId }),
    ...(of !== undefined && { of }),
  };
  return { type: 'NotificationRequested', data };
}
