import { limits } from '../domain/limits.ts';
import { type Cursor, encodeCursor } from './cursor.ts';

/** One page of a list, as the API answers it. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Null on the last page. */
  readonly next_cursor: string | null;
}

export function pageSizeOf(limit: number): number {
  return Math.min(Math.max(1, Math.trunc(limit)), limits.maxPageSize);
}

/** `found` has one more than the page where there is a next one. */
export function toPage<T>(found: readonly T[], size: number, cursorOf: (item: T) => Cursor): Page<T> {
  const items = found.slice(0, size);
  const last = items.at(-1);
  const hasMore = found.length > size && last !== undefined;
  return { items, next_cursor: hasMore ? encodeCursor(cursorOf(last)) : null };
}
