import type { Migration } from './migration.ts';

export const archive: Migration = {
  number: 4,
  name: 'archive of closed streams',
  statements: [
    // As in `events`. Keyed by stream first: what is archived is read for one incident's sake.
    `CREATE TABLE events_archive (
      lane smallint NOT NULL,
      position bigint NOT NULL,
      stream_id text COLLATE "C" NOT NULL,
      version integer NOT NULL,
      type text COLLATE "C" NOT NULL,
      schema_version smallint NOT NULL,
      event_id uuid NOT NULL,
      hlc bigint NOT NULL,
      data json NOT NULL,
      metadata json NOT NULL,
      recorded_at timestamptz NOT NULL,
      PRIMARY KEY (stream_id, version),
      UNIQUE (lane, position)
    )`,
    'ALTER TABLE incident_views ADD COLUMN archived boolean NOT NULL DEFAULT false',
    `CREATE INDEX incident_views_closed ON incident_views (incident_id) WHERE state = 'resolved' AND NOT archived`,
    'CREATE INDEX parked_events_by_stream ON parked_events (stream_id)',
  ],
};
