import type { Labels } from '../alert/alert.ts';
import type { RouteTaken } from '../events/alert-events.ts';
import { formatMatcher } from '../matcher/matcher.ts';
import type { Quieting } from '../suppression/quieting.ts';
import type { RoutableAlert } from './grouping.ts';
import type { NamedRoute, Router } from './route.ts';

/** Why an alert would go into one incident, and what that would mean. */
export interface ExplainedRoute {
  readonly route: string;
  /** From the top-level route down to the one that takes the alert. */
  readonly path: readonly ExplainedMatch[];
  readonly groupBy: readonly string[];
  readonly groupLabels: Labels;
  readonly groupWaitMs: number;
  readonly workflowId: string;
  readonly policy: string;
  /** What would keep the incident from being told; empty: it is told. */
  readonly quieting: readonly Quieting[];
}

export interface ExplainedMatch {
  readonly route: string;
  /** Matchers as text; none takes everything. */
  readonly match: readonly string[];
}

export interface ExplainOptions {
  readonly router: Pick<Router, 'route' | 'find'>;
  /** The same routes, each with what quiets the alert there. Absent: nothing is known of that. */
  readonly judge?: (routes: readonly RouteTaken[]) => readonly RouteTaken[];
}

/** Where an alert would go, in the order of the configuration. Nothing is remembered of it but its group's name. */
export function explainRoutes(
  alert: RoutableAlert,
  { router, judge = (routes) => routes }: ExplainOptions,
): readonly ExplainedRoute[] {
  return judge(router.route(alert)).map((taken) => explain(taken, router));
}

function explain(
  { route, policy, groupLabels, groupWaitMs = 0, workflowId, quiet }: RouteTaken,
  router: Pick<Router, 'find'>,
): ExplainedRoute {
  const configured = router.find(route);
  const path = (configured?.path ?? []).flatMap((name) => router.find(name) ?? []).map(explainMatch);
  const quieting = quiet === undefined ? [] : [quiet];
  const groupBy = configured?.groupBy ?? [];
  return { route, path, groupBy, groupLabels, groupWaitMs, workflowId, policy, quieting };
}

function explainMatch({ name, match }: NamedRoute): ExplainedMatch {
  return { route: name, match: match.map(formatMatcher) };
}
