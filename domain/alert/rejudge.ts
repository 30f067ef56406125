import type { AlertEvent, RouteTaken } from '../events/alert-events.ts';
import type { Quieting } from '../suppression/quieting.ts';
import type { DecideContext } from './decide-context.ts';
import { countedIn, type FiringState } from './state.ts';

/** Judges a firing alert again, in the incidents that its episode was routed to; no events where all is as it was. */
export function rejudge(state: FiringState, context: DecideContext): AlertEvent[] {
  const { alert, incidents: routes, configVersion, flap, repeats } = state;
  const incidents = context.judge({ alert, routes, flap, isNew: false });
  const before = new Set(countedIn(routes));
  const after = new Set(countedIn(incidents));
  const left = [...before].filter((id) => !after.has(id));
  const joined = [...after].filter((id) => !before.has(id));
  const inhibits = context.isInhibitor(alert);
  const data = {
    alert,
    configVersion,
    incidents,
    repeats,
    ...(flap && { flap }),
    ...(inhibits && { inhibits }),
  };
  const events: AlertEvent[] = [];
  if (isQuietedOtherwise(routes, incidents)) {
    events.push({ type: 'AlertSuppressed', data: { ...data, left } });
  }
  if (joined.length > 0) events.push({ type: 'AlertReleased', data: { ...data, joined } });
  return events;
}

/** It is quiet from now on, or stays so for another reason or for longer: that is a fact of its own. */
function isQuietedOtherwise(before: readonly RouteTaken[], after: readonly RouteTaken[]): boolean {
  return after.some(
    ({ quiet }, index) => quiet !== undefined && !isSameQuieting(quiet, before[index]?.quiet),
  );
}

function isSameQuieting(a: Quieting, b: Quieting | undefined): boolean {
  return a.kind === b?.kind && a.rule === b.rule && a.until === b.until;
}
