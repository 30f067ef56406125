import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { knownKeysAt, valueAt } from './known-keys.ts';
import type { Finding } from './problem.ts';
import { configSchema } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** The schema's complaints in our words; `value` is what it complains about. */
export function schemaFindings(value: unknown, issues: readonly Issue[]): readonly Finding[] {
  const misspelt = new Set(issues.filter(isUnknownKey).map(placeOf));
  // what an entry seems to lack as a whole is most often what the unknown key was meant to be
  const telling = issues.filter((issue) => issue.code !== 'custom' || !misspelt.has(placeOf(issue)));
  return telling.flatMap((issue) => findingsOf(value, issue));
}

function isUnknownKey({ code }: Issue): boolean {
  return code === 'unrecognized_keys';
}

function placeOf({ path }: Issue): string {
  return JSON.stringify(path);
}

function findingsOf(value: unknown, issue: Issue): readonly Finding[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const given = valueAt(value, path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeysAt(configSchema, value, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      reason: `unknown key${didYouMean(key, known)}`,
      atKey: true,
    }));
  }
  if (issue.code === 'invalid_key') {
    return [{ path, reason: `the name ${issue.issues[0]?.message ?? 'is not valid'}`, atKey: true }];
  }
  if (given === undefined) return [{ path, reason: `is missing${expectedOf(issue)}` }];
  if (given === null) return [{ path, reason: `is empty${expectedOf(issue)}`, atKey: true }];
  return [{ path, reason: reasonOf(issue, given) }];
}

function expectedOf(issue: Issue): string {
  if (issue.code === 'invalid_type') return `; ${nounOf(issue.expected)} is expected`;
  const choices = choicesOf(issue);
  return choices.length === 0 ? '' : `; must be ${choices.join(', ')}`;
}

function reasonOf(issue: Issue, given: unknown): string {
  if (issue.code === 'invalid_type' && issue.expected !== 'never') {
    const hint = issue.expected === 'string' && isPlainScalar(given) ? '; put it in quotes' : '';
    return `must be ${nounOf(issue.expected)}${hint}`;
  }
  const choices = choicesOf(issue);
  if (choices.length === 0) return issue.message;
  const hint = typeof given === 'string' ? didYouMean(given, choices) : '';
  return `must be ${choices.length > 1 ? 'one of ' : ''}${choices.join(', ')}${hint}`;
}

function choicesOf(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' && issue.inclusive !== false ? (issue.options ?? []).map(String) : [];
}

function isPlainScalar(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

function nounOf(expected: string): string {
  switch (expected) {
    case 'string':
      return 'a text';
    case 'number':
      return 'a number';
    case 'int':
      return 'a whole number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    default:
      return 'a map of keys and values';
  }
}
