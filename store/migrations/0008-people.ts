import type { Migration } from './migration.ts';

export const people: Migration = {
  number: 8,
  name: 'turns of people',
  statements: [
    // Counts up with each incident: room for new versions on the same page.
    `CREATE TABLE round_robin (
      name text COLLATE "C" PRIMARY KEY,
      counter bigint NOT NULL
    ) WITH (fillfactor = 50)`,
  ],
};
