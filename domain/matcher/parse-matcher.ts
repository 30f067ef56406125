import { TocsinError } from '../errors.ts';
import { limits } from '../limits.ts';
import { readClassicMatcher } from './classic-syntax.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { readUtf8Matcher } from './utf8-syntax.ts';

/**
 * Reads one matcher such as `severity="critical"` as Alertmanager does in its default mode: what the classic syntax
 * can read means what it says there, everything else is read in the UTF-8 syntax of Alertmanager 0.27.
 * Throws `invalid_config` with what is wrong as `detail`.
 */
export function parseMatcher(text: string): Matcher {
  if (text.length > limits.maxMatcherLength) {
    throw invalid(`the matcher is longer than ${limits.maxMatcherLength} characters`);
  }
  return createMatcher(readClassicMatcher(text) ?? readUtf8Matcher(text));
}

/** Reads a list such as `{a="b", c!="d"}`; the braces and a comma at the end may be left out or stand. */
export function parseMatchers(text: string): readonly Matcher[] {
  const inner = withoutBraces(text.trim());
  const parts = splitOutsideQuotes(inner);
  if (parts.at(-1)?.trim() === '') parts.pop();
  if (parts.length > limits.maxLabels) throw invalid(`there are more than ${limits.maxLabels} matchers`);
  return parts.map((part) => {
    if (part.trim() === '') throw invalid('a matcher is missing between two commas');
    return parseMatcher(part);
  });
}

function withoutBraces(text: string): string {
  if (!text.startsWith('{')) return text;
  if (!text.endsWith('}')) throw invalid('the closing brace is missing');
  return text.slice(1, -1);
}

function splitOutsideQuotes(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function invalid(detail: string): TocsinError {
  return new TocsinError('invalid_config', { detail });
}
