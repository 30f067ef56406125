import type { Labels } from '../alert/alert.ts';
import { TocsinError } from '../errors.ts';
import { limits } from '../limits.ts';
import { matches } from '../matcher/matcher.ts';
import { parseMatcher } from '../matcher/parse-matcher.ts';
import type { LabelExpression } from './rules.ts';

/*
 *     or    = and { "or" and }
 *     and   = not { "and" not }
 *     not   = "not" not | "(" or ")" | matcher
 *
 * A matcher is Alertmanager's, but that a value with white space, parentheses or quotes stands in double quotes.
 */

type Test = (labels: Labels) => boolean;

interface Reader {
  readonly text: string;
  at: number;
  depth: number;
  matchers: number;
}

const space = /\s*/y;
const open = /\(/y;
const close = /\)/y;
/** Not a keyword where it is a label's name, as in `not="x"`. */
const keyword = (word: string) => new RegExp(`${word}(?![^\\s()"])(?!\\s*(?:=|!=|!~))`, 'y');
const or = keyword('or');
const and = keyword('and');
const not = keyword('not');
const quoted = '"(?:[^"\\\\]|\\\\.)*"';
const matcher = new RegExp(
  `(?:${quoted}|[^\\s()"=!~,]+)\\s*(?:=~|!=|!~|=)\\s*(?:${quoted}|[^\\s()",]+)`,
  'sy',
);

/**
 * Reads a condition over labels such as `team="db" and not (env="prod" or severity="critical")`. `not` binds
 * tightest, then `and`; keywords are in lower case. Throws `invalid_config` with the place of the fault as `detail`,
 * also for what is longer, deeper or richer than `limits.maxExpression…`.
 */
export function parseLabelExpression(text: string): LabelExpression {
  if (text.length > limits.maxExpressionLength) {
    throw invalid(`the condition is longer than ${limits.maxExpressionLength} characters`);
  }
  const reader: Reader = { text, at: 0, depth: 0, matchers: 0 };
  const test = readOr(reader);
  skip(reader);
  if (reader.at < text.length) throw unexpected(reader, 'and, or, or the end');
  return { text, matches: test };
}

function readOr(reader: Reader): Test {
  const tests = [readAnd(reader)];
  while (accept(reader, or)) tests.push(readAnd(reader));
  return tests.length === 1 ? (tests[0] ?? never) : (labels) => tests.some((test) => test(labels));
}

function readAnd(reader: Reader): Test {
  const tests = [readNot(reader)];
  while (accept(reader, and)) tests.push(readNot(reader));
  return tests.length === 1 ? (tests[0] ?? never) : (labels) => tests.every((test) => test(labels));
}

function readNot(reader: Reader): Test {
  if (accept(reader, not)) {
    const test = nested(reader, readNot);
    return (labels) => !test(labels);
  }
  if (!accept(reader, open)) return readMatcher(reader);
  const test = nested(reader, readOr);
  if (!accept(reader, close)) throw unexpected(reader, 'a closing parenthesis');
  return test;
}

function nested(reader: Reader, read: (reader: Reader) => Test): Test {
  reader.depth += 1;
  if (reader.depth > limits.maxExpressionDepth) {
    throw invalid(`the condition is nested more than ${limits.maxExpressionDepth} levels deep`);
  }
  const test = read(reader);
  reader.depth -= 1;
  return test;
}

function readMatcher(reader: Reader): Test {
  const start = reader.at;
  if (!accept(reader, matcher)) throw unexpected(reader, 'a matcher such as team="db"');
  reader.matchers += 1;
  if (reader.matchers > limits.maxExpressionMatchers) {
    throw invalid(`the condition has more than ${limits.maxExpressionMatchers} matchers`);
  }
  const parsed = parseMatcher(reader.text.slice(start, reader.at).trim());
  return (labels) => matches(parsed, labels);
}

function accept(reader: Reader, token: RegExp): boolean {
  skip(reader);
  token.lastIndex = reader.at;
  const found = token.exec(reader.text)?.[0];
  if (found !== undefined) reader.at += found.length;
  return found !== undefined;
}

function skip(reader: Reader): void {
  space.lastIndex = reader.at;
  reader.at += space.exec(reader.text)?.[0].length ?? 0;
}

function never(): boolean {
  return false;
}

function unexpected(reader: Reader, wanted: string): TocsinError {
  return invalid(`${wanted} is expected at character ${reader.at + 1} of the condition`);
}

function invalid(detail: string): TocsinError {
  return new TocsinError('invalid_config', { detail });
}
