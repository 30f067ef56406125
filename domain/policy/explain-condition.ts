import { formatDuration } from '../duration.ts';
import type { Condition } from './policy.ts';

/** A condition in the words of the configuration, such as `severity: critical, error`. */
export function explainCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'severity':
      return `severity: ${condition.in.join(', ')}`;
    case 'urgency':
      return `urgency: ${condition.is}`;
    case 'labels':
      return `match: ${condition.match.join(', ')}`;
    case 'alerts':
      return `alerts: ${condition.atLeast}`;
    case 'open_for':
      return `open_for: ${formatDuration(condition.atLeastMs)}`;
    case 'hours':
      return `${condition.within ? 'hours' : 'outside_hours'}: ${condition.name}`;
    case 'not':
      return `not (${condition.of.map(explainCondition).join('; ')})`;
  }
}
