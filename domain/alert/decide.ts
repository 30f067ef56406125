import type { AlertEvent } from '../events/alert-events.ts';
import { unreachable } from '../never.ts';
import type { FlapRecord } from '../suppression/flap-record.ts';
import { type Alert, startAssumed } from './alert.ts';
import { isUnchanged } from './change.ts';
import type { AlertCommand, ClockCommand, SenderCommand } from './command.ts';
import type { DecideContext } from './decide-context.ts';
import { fire } from './fire.ts';
import { rejudge } from './rejudge.ts';
import { type AlertState, countedIn, type FiringState, type ResolvedState } from './state.ts';

/** Why a command changes nothing although it is no repeat. */
export type DropReason = 'older_episode' | 'episode_resolved' | 'no_open_alert';

export type Decision =
  | { readonly outcome: 'accepted'; readonly events: readonly AlertEvent[] }
  | { readonly outcome: 'duplicate' }
  | { readonly outcome: 'dropped'; readonly reason: DropReason };

/** What one command means for an alert. Routing happens only when an episode begins; later events copy it. */
export function decide(command: AlertCommand, state: AlertState, context: DecideContext): Decision {
  if (command.kind === 'observe') return observe(command.alert, state, context);
  if (state.status !== 'firing') {
    return isFromClock(command) ? { outcome: 'duplicate' } : { outcome: 'dropped', reason: 'no_open_alert' };
  }
  switch (command.kind) {
    case 'clear':
      return accepted(resolve({ ...state.alert, status: 'resolved', endsAt: command.at }, state, context));
    case 'acknowledge':
      return acknowledge(state);
    case 'expire':
      return expire(state, command.isUnheard === true, context);
    case 'reopen':
      return reopen(state, new Set(command.workflowIds));
    case 'rejudge':
      return acceptedIfAny(rejudge(state, context));
    default:
      return unreachable(command);
  }
}

function isFromClock(command: SenderCommand | ClockCommand): command is ClockCommand {
  return command.kind === 'expire' || command.kind === 'rejudge' || command.kind === 'reopen';
}

function observe(observed: Alert, state: AlertState, context: DecideContext): Decision {
  if (state.status === 'none') return accepted(...begin(observed, undefined, context));
  const alert = settleStart(observed, state);
  return state.status === 'firing' ? whileFiring(alert, state, context) : onceResolved(alert, state, context);
}

function begin(alert: Alert, before: ResolvedState | undefined, context: DecideContext): AlertEvent[] {
  if (alert.status === 'firing') return fire(alert, { flap: before?.flap, replaces: false }, context);
  // A clear whose firing was never seen is kept, so that the firing is known to be over when it arrives late.
  const { configVersion } = context;
  return [{ type: 'AlertResolved', data: { alert, configVersion, incidents: [], reason: 'cleared' } }];
}

function whileFiring(alert: Alert, state: FiringState, context: DecideContext): Decision {
  const age = compareStarts(alert, state.alert);
  if (age < 0) {
    return isAlive(alert, context)
      ? { outcome: 'duplicate' }
      : { outcome: 'dropped', reason: 'older_episode' };
  }
  if (alert.status === 'resolved') return accepted(resolve(alert, state, context));
  if (age > 0) return accepted(...replace(alert, state, context));
  if (isUnchanged(alert, state.alert)) return { outcome: 'duplicate' };
  return accepted(...change(alert, state, context));
}

/** What quiets an alert may not hold for what it has become. */
function change(alert: Alert, state: FiringState, context: DecideContext): AlertEvent[] {
  const { configVersion, incidents, repeats, flap } = state;
  const inhibits = context.isInhibitor(alert);
  const kept = { configVersion, incidents, repeats, ...(flap && { flap }), ...(inhibits && { inhibits }) };
  return [{ type: 'AlertChanged', data: { alert, ...kept } }, ...rejudge({ ...state, alert }, context)];
}

function resolve(alert: Alert, state: FiringState, context: DecideContext): AlertEvent {
  return resolved(alert, state, { reason: 'cleared', flap: context.noteChange(alert, state.flap) });
}

interface Resolution {
  readonly reason: 'cleared' | 'superseded' | 'expired';
  readonly flap: FlapRecord | undefined;
}

function resolved(
  { expiresAt: _, ...alert }: Alert,
  { configVersion, incidents }: FiringState,
  { reason, flap }: Resolution,
): AlertEvent {
  return { type: 'AlertResolved', data: { alert, configVersion, incidents, ...(flap && { flap }), reason } };
}

/** A newer episode began and nobody saw the older one clear. */
function replace(alert: Alert, state: FiringState, context: DecideContext): AlertEvent[] {
  const next = fire(alert, { flap: state.flap, replaces: true }, context);
  const [fired] = next;
  if (fired !== undefined && haveSameMembers(countedIn(fired.data.incidents), countedIn(state.incidents))) {
    return next;
  }
  const over: Alert = { ...state.alert, status: 'resolved' };
  return [
    resolved(over, state, { reason: 'superseded', flap: state.flap }),
    ...next.map((event) =>
      event.type === 'AlertFired' ? { ...event, data: { ...event.data, replaces: false } } : event,
    ),
  ];
}

function onceResolved(alert: Alert, state: ResolvedState, context: DecideContext): Decision {
  const age = compareStarts(alert, state.alert);
  if (age > 0) return accepted(...begin(alert, state, context));
  if (age < 0 && !(state.isExpired && isAlive(alert, context))) {
    return { outcome: 'dropped', reason: 'older_episode' };
  }
  if (alert.status === 'resolved') return { outcome: 'duplicate' };
  if (state.isExpired) {
    const { startsAt } = age < 0 ? state.alert : alert;
    return accepted(...begin({ ...alert, startsAt }, state, context));
  }
  return { outcome: 'dropped', reason: 'episode_resolved' };
}

function acknowledge(state: FiringState): Decision {
  if (state.isAcknowledged) return { outcome: 'duplicate' };
  const { alert, configVersion, incidents, repeats, flap, inhibits } = state;
  const data = {
    ...{ alert, configVersion, incidents, repeats },
    ...(flap && { flap }),
    ...(inhibits && { inhibits }),
  };
  return accepted({ type: 'AlertAcknowledged', data });
}

/** It may have been heard again since the clock looked. */
function expire(state: FiringState, isUnheard: boolean, context: DecideContext): Decision {
  const endMs = isUnheard ? context.nowMs : Date.parse(state.alert.expiresAt ?? '');
  if (!(endMs <= context.nowMs)) return { outcome: 'duplicate' };
  const over: Alert = { ...state.alert, status: 'resolved', endsAt: new Date(endMs).toISOString() };
  return accepted(resolved(over, state, { reason: 'expired', flap: context.noteChange(over, state.flap) }));
}

/** To the incidents that count it, it fires once more. */
function reopen(state: FiringState, workflowIds: ReadonlySet<string>): Decision {
  const joined = countedIn(state.incidents).filter((id) => workflowIds.has(id));
  if (joined.length === 0) return { outcome: 'duplicate' };
  const { alert, configVersion, incidents, repeats, flap, inhibits } = state;
  const data = { ...{ alert, configVersion, incidents, repeats, joined }, ...(flap && { flap }) };
  return accepted({ type: 'AlertReleased', data: { ...data, ...(inhibits && { inhibits }) } });
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

/**
 * Its sender says that it fires until some time ahead. Of two Prometheus that watch the same each has a start of its own
 * for an alert: what the one with the older start says keeps the alert alive when the other falls silent.
 */
function isAlive({ status, expiresAt }: Alert, { nowMs }: DecideContext): boolean {
  return status === 'firing' && expiresAt !== undefined && Date.parse(expiresAt) > nowMs;
}

function compareStarts(a: Alert, b: Alert): number {
  return Date.parse(a.startsAt) - Date.parse(b.startsAt);
}

function haveSameMembers(a: readonly string[], b: readonly string[]): boolean {
  const before = new Set(b);
  return a.length === before.size && a.every((id) => before.has(id));
}

function accepted(...events: AlertEvent[]): Decision {
  return { outcome: 'accepted', events };
}

function acceptedIfAny(events: readonly AlertEvent[]): Decision {
  return events.length === 0 ? { outcome: 'duplicate' } : { outcome: 'accepted', events };
}
