import type { Alert } from '../alert/alert.ts';
import type { RouteTaken } from '../events/alert-events.ts';
import { labelValueOf } from '../matcher/matcher.ts';
import { indexRules } from '../matcher/matcher-index.ts';
import { isActive } from '../time-interval/is-active.ts';
import { endOfIntervals } from './interval-end.ts';
import type { RateBook } from './rate-book.ts';
import type { SuppressionRule } from './rules.ts';

export interface SuppressionQuestion {
  readonly stream: string;
  readonly alert: Alert;
  /** As they are so far: they tell which rates have let the alert through before. */
  readonly routes: readonly RouteTaken[];
  readonly nowMs: number;
  readonly isNew: boolean;
}

/** The rule that suppresses, and until when in milliseconds since 1970, where that can be known. */
export interface Suppression {
  readonly rule: string;
  readonly untilMs: number | undefined;
}

export type Suppressor = (question: SuppressionQuestion) => Suppression | undefined;

export interface SuppressorOptions {
  readonly rules: readonly SuppressionRule[];
  readonly configVersion: number;
  readonly rates: RateBook;
}

/** The first rule that holds counts. Rates of rules before it have counted the alert. */
export function createSuppressor({ rules, configVersion, rates }: SuppressorOptions): Suppressor {
  const ordered = rules.map((rule, place) => ({ rule, place }));
  const index = indexRules(ordered, ({ rule }) => rule.match);
  return (question) => {
    const matching = index.find(question.alert.labels);
    if (matching.length === 0) return undefined;
    const passed = rulesPassed(rules, question);
    for (const { rule, place } of matching) {
      const suppression = hold(rule, question, { rates, configVersion, mayPass: place < passed });
      if (suppression !== undefined) return suppression;
    }
    return undefined;
  };
}

interface RateAccess {
  readonly rates: RateBook;
  readonly configVersion: number;
  /** The alert had got past this rule when it was asked about earlier. */
  readonly mayPass: boolean;
}

function hold(
  rule: SuppressionRule,
  question: SuppressionQuestion,
  access: RateAccess,
): Suppression | undefined {
  const { alert, nowMs } = question;
  if (rule.when !== undefined && !rule.when.matches(alert.labels)) return undefined;
  const { during } = rule;
  if (during !== undefined && !during.some((interval) => isActive(interval, nowMs))) return undefined;
  const endMs = during === undefined ? undefined : endOfIntervals(during, nowMs);
  if (rule.rate === undefined) return { rule: rule.name, untilMs: endMs };
  if (access.mayPass) return undefined;
  const waitsUntilMs = toldBefore(rule, question, access.configVersion);
  if (waitsUntilMs !== undefined) return { rule: rule.name, untilMs: waitsUntilMs };
  const { limit, perMs, by } = rule.rate;
  const key = rateKeyOf(rule.name, by, alert);
  const episode = `${question.stream}@${alert.startsAt}`;
  const roomMs = access.rates.take({ key, episode, limit, perMs, nowMs });
  return roomMs === undefined ? undefined : { rule: rule.name, untilMs: Math.min(roomMs, endMs ?? roomMs) };
}

/**
 * When there will be room, if it was told so under this configuration. Another process, or this one after a restart,
 * has counted nothing and would let it through now.
 */
function toldBefore(
  { name }: SuppressionRule,
  { routes, nowMs }: SuppressionQuestion,
  configVersion: number,
): number | undefined {
  const waiting = routes.find(({ quiet }) => quiet?.kind === 'suppression' && quiet.rule === name)?.quiet;
  const untilMs = Date.parse(waiting?.until ?? '');
  return waiting?.configVersion === configVersion && untilMs > nowMs ? untilMs : undefined;
}

/** How many of the rules, from the first on, the alert had got past when its routes were judged last. */
function rulesPassed(rules: readonly SuppressionRule[], { routes, isNew }: SuppressionQuestion): number {
  if (isNew) return 0;
  if (routes.some(({ quiet }) => quiet === undefined || quiet.kind === 'flapping')) return rules.length;
  const suppressed = routes.find(({ quiet }) => quiet?.kind === 'suppression')?.quiet;
  return Math.max(
    0,
    rules.findIndex(({ name }) => name === suppressed?.rule),
  );
}

function rateKeyOf(rule: string, by: readonly string[], { tenant, labels }: Alert): string {
  return JSON.stringify([rule, tenant, ...by.map((name) => labelValueOf(labels, name))]);
}
