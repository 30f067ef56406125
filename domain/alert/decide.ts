import type { AlertEvent, RouteTaken } from '../events/alert-events.ts';
import { type Alert, type Labels, startAssumed } from './alert.ts';
import type { AlertState, FiringState, ResolvedState } from './state.ts';

export interface DecideContext {
  /** The one configuration that this decision uses. */
  readonly configVersion: number;
  route(alert: Alert): readonly RouteTaken[];
}

/** Why an observation changes nothing although it is no repeat. */
export type DropReason = 'older_episode' | 'episode_resolved';

export type Decision =
  | { readonly outcome: 'accepted'; readonly events: readonly AlertEvent[] }
  | { readonly outcome: 'duplicate' }
  | { readonly outcome: 'dropped'; readonly reason: DropReason };

/** What one observation means for an alert. Routing happens only when an episode begins; later events copy it. */
export function decide(observation: Alert, state: AlertState, context: DecideContext): Decision {
  if (state.status === 'none') return accepted(begin(observation, context));
  const alert = settleStart(observation, state);
  return state.status === 'firing' ? whileFiring(alert, state, context) : onceResolved(alert, state, context);
}

function begin(alert: Alert, context: DecideContext): AlertEvent {
  const { configVersion } = context;
  // A clear whose firing was never seen is kept, so that the firing is known to be over when it arrives late.
  if (alert.status === 'resolved') {
    return { type: 'AlertResolved', data: { alert, configVersion, incidents: [], reason: 'cleared' } };
  }
  const incidents = context.route(alert);
  return { type: 'AlertFired', data: { alert, configVersion, incidents, replaces: false } };
}

function whileFiring(alert: Alert, state: FiringState, context: DecideContext): Decision {
  const age = compareStarts(alert, state.alert);
  if (age < 0) return { outcome: 'dropped', reason: 'older_episode' };
  const { configVersion, incidents } = state;
  if (alert.status === 'resolved') {
    return accepted({ type: 'AlertResolved', data: { alert, configVersion, incidents, reason: 'cleared' } });
  }
  if (age > 0) return accepted(...replace(alert, state, context));
  if (isUnchanged(alert, state.alert)) return { outcome: 'duplicate' };
  return accepted({ type: 'AlertChanged', data: { alert, configVersion, incidents } });
}

/** A newer episode began and nobody saw the older one clear. */
function replace(alert: Alert, state: FiringState, context: DecideContext): AlertEvent[] {
  const { configVersion } = context;
  const incidents = context.route(alert);
  if (haveSameWorkflows(incidents, state.incidents)) {
    return [{ type: 'AlertFired', data: { alert, configVersion, incidents, replaces: true } }];
  }
  const over: Alert = { ...state.alert, status: 'resolved' };
  const old = { alert: over, configVersion: state.configVersion, incidents: state.incidents };
  return [
    { type: 'AlertResolved', data: { ...old, reason: 'superseded' } },
    { type: 'AlertFired', data: { alert, configVersion, incidents, replaces: false } },
  ];
}

function onceResolved(alert: Alert, state: ResolvedState, context: DecideContext): Decision {
  const age = compareStarts(alert, state.alert);
  if (age > 0) return accepted(begin(alert, context));
  if (age < 0) return { outcome: 'dropped', reason: 'older_episode' };
  if (alert.status === 'resolved') return { outcome: 'duplicate' };
  return { outcome: 'dropped', reason: 'episode_resolved' };
}

/**
 * A start that tocsin had to assume is the time of arrival and names no episode: the observation belongs to the
 * current one, and a firing after a clear begins another. Better one page too many than an alert lost.
 */
function settleStart(alert: Alert, state: FiringState | ResolvedState): Alert {
  if (!alert.flags?.includes(startAssumed)) return alert;
  if (state.status === 'firing' || alert.status === 'resolved') {
    return { ...alert, startsAt: state.alert.startsAt };
  }
  if (compareStarts(alert, state.alert) > 0) return alert;
  return { ...alert, startsAt: new Date(Date.parse(state.alert.startsAt) + 1).toISOString() };
}

function compareStarts(a: Alert, b: Alert): number {
  return Date.parse(a.startsAt) - Date.parse(b.startsAt);
}

/** `endsAt` is left out: senders move it on with every repeat of a firing alert. */
function isUnchanged(a: Alert, b: Alert): boolean {
  return (
    a.severity === b.severity &&
    a.generatorUrl === b.generatorUrl &&
    areSameLabels(a.labels, b.labels) &&
    areSameLabels(a.annotations, b.annotations)
  );
}

function areSameLabels(a: Labels, b: Labels): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
  );
}

function haveSameWorkflows(a: readonly RouteTaken[], b: readonly RouteTaken[]): boolean {
  const before = new Set(b.map(({ workflowId }) => workflowId));
  const after = new Set(a.map(({ workflowId }) => workflowId));
  return before.size === after.size && [...after].every((id) => before.has(id));
}

function accepted(...events: AlertEvent[]): Decision {
  return { outcome: 'accepted', events };
}
