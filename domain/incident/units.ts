import { chainOf, isDead } from './chains.ts';
import type { Incident, Ladder, Unit } from './incident.ts';

/** Its page, or every page of its chain, was given up. */
export function isUnitDead(incident: Pick<Incident, 'chains'>, unit: Unit): boolean {
  if (unit.kind === 'target') return unit.state === 'dead';
  const chain = chainOf(incident, unit.user);
  return chain !== undefined && isDead(chain);
}

/** Nobody has heard of the step, and nobody will. */
export function isStepDead(incident: Pick<Incident, 'chains'>, ladder: Ladder): boolean {
  if (ladder.mode === 'all_or_nothing') return ladder.hasFailed;
  return ladder.units.length > 0 && ladder.units.every((unit) => isUnitDead(incident, unit));
}
