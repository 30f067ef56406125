import type { Migration } from './migration.ts';

export const loneWriting: Migration = {
  number: 6,
  name: 'who writes alone',
  statements: [
    // One row. While it is not clear, a process decides from memory; see store/lone-writing.ts.
    `CREATE TABLE lone_writing (
      is_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
      generation bigint NOT NULL,
      is_clear boolean NOT NULL
    ) WITH (fillfactor = 50)`,
    'INSERT INTO lone_writing (generation, is_clear) VALUES (0, true)',
  ],
};
