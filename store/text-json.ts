import { types } from 'pg';

const jsonOid = 114;

/** Leaves json as text: whoever reads it knows its schema, and many readers never look inside. */
export const textJson: Pick<typeof types, 'getTypeParser'> = {
  getTypeParser: ((oid: number, format: 'text' | 'binary' = 'text') =>
    oid === jsonOid && format === 'text'
      ? (text: string) => text
      : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};
