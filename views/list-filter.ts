import { decodeCursor } from './cursor.ts';
import { searchPatternOf } from './search-text.ts';

export interface ListFilter {
  readonly tenant: string;
  /** Columns that must have exactly this value; undefined ones do not matter. */
  readonly equals: Readonly<Record<string, string | undefined>>;
  readonly q: string | undefined;
  readonly cursor: string | undefined;
  /** The columns of the order: newest first, then by id. */
  readonly order: { readonly at: string; readonly id: string; readonly isId: (id: string) => boolean };
}

export interface Condition {
  readonly where: string;
  readonly values: readonly string[];
}

/** The `WHERE` of a list. Column names come from our own code, everything of the caller's is a parameter. */
export function conditionOf({ tenant, equals, q, cursor, order }: ListFilter): Condition {
  const values: string[] = [tenant];
  const place = (value: string) => `$${values.push(value)}`;
  const parts = ['tenant = $1'];
  for (const [column, value] of Object.entries(equals)) {
    if (value !== undefined) parts.push(`${column} = ${place(value)}`);
  }
  if (q !== undefined && q !== '') parts.push(`search LIKE ${place(searchPatternOf(q))}`);
  if (cursor !== undefined) {
    const after = decodeCursor(cursor, order.isId);
    const at = `${place(after.at)}::timestamptz`;
    // the first half lets the index find the place, the second cuts inside one instant
    parts.push(`${order.at} <= ${at} AND (${order.at} < ${at} OR ${order.id} > ${place(after.id)})`);
  }
  return { where: parts.join(' AND '), values };
}
