import { RE2JS } from 're2js';
import { TocsinError } from '../domain/errors.ts';
import { type Checks, readWith } from './checks.ts';
import type { Path } from './problem.ts';

/** Tells of a pattern to search for that RE2 refuses, or that is found everywhere. */
export function checkPattern(text: string, path: Path, checks: Checks): void {
  const pattern = readWith(compile, { text, path, what: 'a valid regular expression', checks });
  if (pattern?.matcher('').find())
    checks.findings.error(path, 'matches the empty text, which is found everywhere');
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    const reason =
      cause instanceof Error ? cause.message.replace(/^error parsing regexp: /, '') : 'not valid';
    throw new TocsinError('invalid_config', { detail: reason, cause });
  }
}
