import { createHash } from 'node:crypto';
import { pageSizeOf } from './page.ts';

interface ListQuery {
  readonly tenant: string;
  readonly q?: string | undefined;
  readonly limit: number;
}

/** One key for all queries with the same answer. A hash, because what people search for has no place in key names. */
export function listKeyOf({ q = '', limit, ...others }: ListQuery): string {
  // as the search itself does, which ignores case and an empty text
  const canonical = { ...others, q: q.toLowerCase(), limit: pageSizeOf(limit) };
  const given = Object.entries(canonical).filter(([, value]) => value !== undefined);
  const text = JSON.stringify(given.sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(text).digest('base64url');
}
