import type { Migration } from './migration.ts';

export const sourceHeartbeats: Migration = {
  number: 3,
  name: 'when sources were heard',
  statements: [
    // Written once a second: room for new versions on the same page.
    `CREATE TABLE source_heartbeats (
      tenant text COLLATE "C" NOT NULL,
      source text COLLATE "C" NOT NULL,
      heard_at timestamptz NOT NULL,
      silent_since timestamptz,
      is_raised boolean NOT NULL DEFAULT false,
      PRIMARY KEY (tenant, source)
    ) WITH (fillfactor = 50)`,
    `CREATE TABLE heartbeat_watch (
      only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
      looked_at timestamptz NOT NULL,
      since timestamptz NOT NULL
    ) WITH (fillfactor = 10)`,
  ],
};
