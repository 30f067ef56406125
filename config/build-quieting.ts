import type { z } from 'zod';
import { sha256Hex } from '../domain/ids.ts';
import { parseLabelExpression } from '../domain/suppression/parse-label-expression.ts';
import type { FlapRule, InhibitRule, QuietRules, SuppressionRule } from '../domain/suppression/rules.ts';
import { findTimeIntervals, type TimeIntervals } from './build-time-intervals.ts';
import { type Checks, checkTwice, durationBounds, readDuration, readWith } from './checks.ts';
import { validEntries } from './entries.ts';
import type { Findings } from './findings.ts';
import type { Path } from './problem.ts';
import { readMatchers } from './read-matchers.ts';
import { flappingSchema, inhibitSchema, type SuppressRateInput, suppressSchema } from './schema/quieting.ts';

export interface QuietingChecks extends Checks {
  readonly intervals: TimeIntervals;
}

/** The rules that quiet alerts; each has a name, which no other rule of its section has. */
export function buildQuieting(document: unknown, checks: QuietingChecks): QuietRules {
  const inhibit = readRules(document, 'inhibit', inhibitSchema, checks.findings);
  const suppress = readRules(document, 'suppress', suppressSchema, checks.findings);
  const flapping = readRules(document, 'flapping', flappingSchema, checks.findings);
  return {
    inhibit: inhibit.map((rule) => buildInhibit(rule, checks)),
    suppress: suppress.map((rule) => buildSuppress(rule, checks)),
    flapping: flapping.map((rule) => buildFlapping(rule, checks)),
  };
}

interface NamedRule<T> {
  readonly path: Path;
  readonly name: string;
  readonly value: T;
}

/** A rule without a name is called by a hash of what it says, so that it keeps its name wherever it moves. */
function readRules<T extends { readonly name?: string | undefined }>(
  document: unknown,
  section: string,
  schema: z.ZodType<T>,
  findings: Findings,
): readonly NamedRule<T>[] {
  const rules = validEntries(document, section, schema).map(({ path, value }) => ({
    path,
    value,
    name: value.name ?? sha256Hex(JSON.stringify(value)).slice(0, 12),
  }));
  checkNames(rules, section, findings);
  return rules;
}

function checkNames(
  rules: readonly NamedRule<{ readonly name?: string | undefined }>[],
  section: string,
  findings: Findings,
): void {
  const places = new Map<string, string>();
  for (const { path, name, value } of rules) {
    const other = places.get(name);
    if (other !== undefined && value.name === undefined) findings.error(path, `says the same as ${other}`);
    else if (other !== undefined) findings.error([...path, 'name'], `is the name of ${other} already`);
    places.set(name, `${section}[${path.at(-1)}]`);
  }
}

function buildInhibit(
  { path, name, value }: NamedRule<z.infer<typeof inhibitSchema>>,
  checks: Checks,
): InhibitRule {
  checkTwice(value.equal, [...path, 'equal'], checks);
  return {
    name,
    source: readMatchers(value.source, [...path, 'source'], checks) ?? [],
    target: readMatchers(value.target, [...path, 'target'], checks) ?? [],
    equal: value.equal,
  };
}

function buildSuppress(
  { path, name, value }: NamedRule<z.infer<typeof suppressSchema>>,
  checks: QuietingChecks,
): SuppressionRule {
  const { when: text, during, rate } = value;
  const expression = { path: [...path, 'when'], what: 'a valid condition', checks };
  const when = text === undefined ? undefined : readWith(parseLabelExpression, { ...expression, text });
  return {
    name,
    match: readMatchers(value.match, [...path, 'match'], checks) ?? [],
    ...(when !== undefined && { when }),
    ...(during !== undefined && { during: findTimeIntervals(during, [...path, 'during'], checks) }),
    ...(rate !== undefined && { rate: buildSuppressRate(rate, [...path, 'rate'], checks) }),
  };
}

function buildSuppressRate(
  { limit, per, by }: SuppressRateInput,
  path: Path,
  checks: Checks,
): NonNullable<SuppressionRule['rate']> {
  checkTwice(by, [...path, 'by'], checks);
  return { limit, perMs: readDuration(per, [...path, 'per'], { ...checks, ...durationBounds.window }), by };
}

function buildFlapping(
  { path, name, value }: NamedRule<z.infer<typeof flappingSchema>>,
  checks: Checks,
): FlapRule {
  const { within, hold } = value;
  return {
    name,
    match: readMatchers(value.match, [...path, 'match'], checks) ?? [],
    changes: value.changes,
    withinMs: readDuration(within, [...path, 'within'], { ...checks, ...durationBounds.window }),
    holdMs: readDuration(hold, [...path, 'hold'], { ...checks, ...durationBounds.flapHold }),
  };
}
