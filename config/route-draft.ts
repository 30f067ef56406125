import type { Matcher } from '../domain/matcher/matcher.ts';
import type { StormRule } from '../domain/suppression/rules.ts';
import type { TimeInterval } from '../domain/time-interval/time-interval.ts';
import type { Path } from './problem.ts';
import type { RouteInput } from './schema/routes.ts';

/** A route as it was read, with what it inherited. */
export interface RouteDraft {
  readonly path: Path;
  readonly value: RouteInput;
  /** Undefined when one of them cannot be read. */
  readonly match: readonly Matcher[] | undefined;
  /** The matchers of the routes above and its own, as texts. */
  readonly asked: ReadonlySet<string>;
  readonly settled: Inherited;
  readonly storm: StormRule | undefined;
  readonly children: readonly RouteDraft[];
}

/** What a route hands down to those below it. */
export interface Inherited {
  readonly groupBy: readonly string[];
  readonly groupWaitMs: number;
  /** Undefined at the top, and where a route that had to name one did not. */
  readonly policy: string | undefined;
  readonly mute: readonly TimeInterval[];
  readonly active: readonly TimeInterval[];
}
