import type { Labels } from '../alert/alert.ts';
import type { RouteTaken } from '../events/alert-events.ts';
import { incidentWorkflowIdOf } from '../ids.ts';
import { limits } from '../limits.ts';
import { labelValueOf } from '../matcher/matcher.ts';
import { createMemo, type Memo } from '../memo.ts';

/** `group_by: ['...']` groups by all labels, as in Alertmanager. */
export const groupByAll = '...';

export interface RoutableAlert {
  readonly tenant: string;
  readonly labels: Labels;
}

interface GroupingRoute {
  readonly name: string;
  readonly policy: string;
  readonly groupBy: readonly string[];
  readonly groupWaitMs: number;
}

/** The incident that a route puts an alert into. */
export type Grouping = (alert: RoutableAlert) => RouteTaken;

/**
 * Makes the groupings of a router's routes. They share a memory of the groups that came last: the hash in a workflow
 * id costs more than all the rest of routing.
 */
export function createGrouping(): (route: GroupingRoute) => Grouping {
  const memo = createMemo<RouteTaken>(limits.maxKnownGroups);
  return (route) => {
    // hardly two alerts agree in all labels, or in very many, so remembering would only cost
    if (route.groupBy.includes(groupByAll))
      return (alert) => takeRoute(route, alert, Object.keys(alert.labels));
    if (route.groupBy.length > limits.maxKnownGroupLabels)
      return (alert) => takeRoute(route, alert, route.groupBy);
    return (alert) => recall(route, memo, alert);
  };
}

function recall(route: GroupingRoute, memo: Memo<RouteTaken>, alert: RoutableAlert): RouteTaken {
  const key = [route.name, alert.tenant];
  let length = 0;
  for (const name of route.groupBy) {
    const value = labelValueOf(alert.labels, name);
    length += value.length;
    key.push(value);
  }
  if (length > limits.maxKnownGroupLength) return takeRoute(route, alert, route.groupBy);
  const known = memo.get(key);
  if (known !== undefined) return known;
  const taken = takeRoute(route, alert, route.groupBy);
  memo.set(key, taken);
  return taken;
}

function takeRoute(
  { name, policy, groupWaitMs }: GroupingRoute,
  { tenant, labels }: RoutableAlert,
  groupBy: readonly string[],
): RouteTaken {
  const groupLabels = Object.fromEntries(groupBy.map((label) => [label, labelValueOf(labels, label)]));
  const workflowId = incidentWorkflowIdOf({ tenant, route: name, groupLabels });
  return { route: name, policy, groupLabels, workflowId, ...(groupWaitMs > 0 && { groupWaitMs }) };
}
