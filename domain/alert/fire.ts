import type { AlertEvent, RouteTaken } from '../events/alert-events.ts';
import type { FlapRecord } from '../suppression/flap-record.ts';
import type { Alert } from './alert.ts';
import type { DecideContext } from './decide-context.ts';

/** Flag of an alert that its rule counts as flapping: this page is the last one for a while. */
export const flapping = 'flapping';

interface FireOptions {
  readonly flap: FlapRecord | undefined;
  readonly replaces: boolean;
}

/** An episode begins. What quiets it stands beside it in the same commit, so nobody is told in between. */
export function fire(
  observed: Alert,
  { flap: before, replaces }: FireOptions,
  context: DecideContext,
): AlertEvent[] {
  const flap = context.noteChange(observed, before);
  const alert = flap?.flappingSince === undefined ? observed : withFlag(observed, flapping);
  const incidents = context.judge({ alert, routes: context.route(alert), flap, isNew: true });
  const inhibits = context.isInhibitor(alert);
  const { configVersion } = context;
  const data = { alert, configVersion, incidents, ...(flap && { flap }), ...(inhibits && { inhibits }) };
  const fired: AlertEvent = { type: 'AlertFired', data: { ...data, replaces } };
  return incidents.some(isQuiet)
    ? [fired, { type: 'AlertSuppressed', data: { ...data, left: [] } }]
    : [fired];
}

function isQuiet({ quiet }: RouteTaken): boolean {
  return quiet !== undefined;
}

function withFlag(alert: Alert, flag: string): Alert {
  return { ...alert, flags: [...new Set([...(alert.flags ?? []), flag])].sort() };
}
