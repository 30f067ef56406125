import type { Severity } from '../severity.ts';
import type { PolicySnapshot, Urgency } from './policy.ts';

/** How an incident of this severity presses, which chooses a user's contacts; a policy may say it for all of its incidents. */
export function urgencyOf(severity: Severity, policy: Pick<PolicySnapshot, 'urgency'>): Urgency {
  if (policy.urgency !== undefined) return policy.urgency;
  return severity === 'critical' || severity === 'error' ? 'high' : 'low';
}
