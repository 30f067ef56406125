import type { Labels } from '../alert/alert.ts';
import type { Matcher } from '../matcher/matcher.ts';
import type { TimeInterval } from '../time-interval/time-interval.ts';

/** While an alert fires that `source` matches, alerts that `target` matches are quiet if all `equal` labels agree. */
export interface InhibitRule {
  readonly name: string;
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

/** A condition over labels, compiled from text such as `team="db" and not (env="prod" or severity="critical")`. */
export interface LabelExpression {
  readonly text: string;
  matches(labels: Labels): boolean;
}

/** Keeps alerts quiet that match: always, during time intervals, or beyond a rate. */
export interface SuppressionRule {
  readonly name: string;
  readonly match: readonly Matcher[];
  readonly when?: LabelExpression;
  /** Only during one of these. */
  readonly during?: readonly TimeInterval[];
  /** Only what exceeds so many alerts, counted for each combination of values of the labels `by`. */
  readonly rate?: { readonly limit: number; readonly perMs: number; readonly by: readonly string[] };
}

/** `changes` within `withinMs`: page once, then hold further pages for `holdMs` or until fewer changes are that young. */
export interface FlapRule {
  readonly name: string;
  readonly match: readonly Matcher[];
  readonly changes: number;
  readonly withinMs: number;
  readonly holdMs: number;
}

/** More than `threshold` new incidents of a route within `withinMs`: one incident collects what comes after them. */
export interface StormRule {
  readonly threshold: number;
  readonly withinMs: number;
  /** How long that incident gathers before it pages. */
  readonly waitMs: number;
}

/** Everything of the configuration that quiets alerts, but for the routes' own time intervals. The first match counts. */
export interface QuietRules {
  readonly inhibit: readonly InhibitRule[];
  readonly suppress: readonly SuppressionRule[];
  readonly flapping: readonly FlapRule[];
}
