import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';

const maxStoredLength = 4_096;

/** What a search looks through: case is folded here and in the pattern, by the same rules. */
export function searchTextOf(parts: readonly string[]): string {
  return parts.join(' ').toLowerCase().slice(0, maxStoredLength).toWellFormed();
}

/** A `LIKE` pattern that finds exactly the characters of `q`, with `\` as PostgreSQL's default escape. */
export function searchPatternOf(q: string): string {
  if (q.length > limits.maxSearchLength) {
    throw new TocsinError('invalid_request', {
      path: '/q',
      detail: `the search text is longer than ${limits.maxSearchLength} characters`,
    });
  }
  // PostgreSQL takes neither NUL nor half a surrogate pair, and no stored text has them
  const text = q.toLowerCase().toWellFormed().replaceAll('\0', '\ufffd');
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
