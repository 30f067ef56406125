import { utf8ToBytes } from '@noble/hashes/utils.js';
import { RE2JS } from 're2js';
import type { Labels } from '../alert/alert.ts';
import { TocsinError } from '../errors.ts';
import { limits } from '../limits.ts';
import { unreachable } from '../never.ts';
import { patternPrefix } from './pattern-prefix.ts';
import { patternWords } from './pattern-words.ts';

export const matchOperators = ['=', '!=', '=~', '!~'] as const;
export type MatchOperator = (typeof matchOperators)[number];

export function isMatchOperator(text: string | undefined): text is MatchOperator {
  return matchOperators.some((operator) => operator === text);
}

export interface MatcherParts {
  readonly name: string;
  readonly operator: MatchOperator;
  /** Plain text, or an RE2 pattern that must match the whole label value. */
  readonly value: string;
}

/** A condition on one label, as Alertmanager defines it. */
export interface Matcher extends MatcherParts {
  /** A label that an alert does not have counts as the empty string. */
  matchesValue(labelValue: string): boolean;
}

/**
 * Checks the parts and compiles the pattern. RE2 runs in linear time, so no pattern can stall the accept path.
 * Throws `invalid_config` for an empty or too long name, a too long value and a pattern that RE2 refuses.
 */
export function createMatcher({ name, operator, value }: MatcherParts): Matcher {
  const nameBytes = utf8ToBytes(name).length;
  if (nameBytes === 0) throw invalid('the label name is empty');
  if (nameBytes > limits.maxLabelNameBytes) {
    throw invalid(`the label name is longer than ${limits.maxLabelNameBytes} bytes`);
  }
  if (utf8ToBytes(value).length > limits.maxPatternBytes) {
    throw invalid(`the value is longer than ${limits.maxPatternBytes} bytes`);
  }
  return { name, operator, value, matchesValue: compile(operator, value) };
}

export function matches(matcher: Matcher, labels: Labels): boolean {
  return matcher.matchesValue(labelValueOf(labels, matcher.name));
}

export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  // a loop rather than `every`: a thousand silences ask this for each alert
  for (const matcher of matchers) {
    if (!matches(matcher, labels)) return false;
  }
  return true;
}

export function labelValueOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}

/** One text for equal matchers, whatever they looked like in the file. */
export function formatMatcher({ name, operator, value }: MatcherParts): string {
  const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name);
  return `${plainName}${operator}${JSON.stringify(value)}`;
}

function compile(operator: MatchOperator, value: string): (labelValue: string) => boolean {
  switch (operator) {
    case '=':
      return (labelValue) => labelValue === value;
    case '!=':
      return (labelValue) => labelValue !== value;
    case '=~':
      return compilePattern(value);
    case '!~': {
      const matchesPattern = compilePattern(value);
      return (labelValue) => !matchesPattern(labelValue);
    }
    default:
      return unreachable(operator);
  }
}

function compilePattern(pattern: string): (labelValue: string) => boolean {
  const words = patternWords(pattern);
  if (words !== undefined) return (labelValue) => words.has(labelValue);
  try {
    const compiled = RE2JS.compile(pattern);
    const prefix = patternPrefix(pattern);
    return (labelValue) => labelValue.startsWith(prefix) && compiled.testExact(labelValue);
  } catch (cause) {
    const reason =
      cause instanceof Error ? cause.message.replace(/^error parsing regexp: /, '') : 'not valid';
    throw new TocsinError('invalid_config', { detail: `the regular expression: ${reason}`, cause });
  }
}

function invalid(detail: string): TocsinError {
  return new TocsinError('invalid_config', { detail });
}
