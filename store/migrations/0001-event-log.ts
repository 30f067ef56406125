import type { Migration } from './migration.ts';

export const eventLog: Migration = {
  number: 1,
  name: 'event log, lanes, checkpoints',
  statements: [
    // No index on event_id: a globally unique one costs three to ten times the latency.
    `CREATE TABLE events (
      lane smallint NOT NULL,
      position bigint NOT NULL,
      stream_id text COLLATE "C" NOT NULL,
      version integer NOT NULL CHECK (version >= 0),
      type text COLLATE "C" NOT NULL,
      schema_version smallint NOT NULL DEFAULT 1,
      event_id uuid NOT NULL,
      hlc bigint NOT NULL,
      data json NOT NULL,
      metadata json NOT NULL,
      recorded_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (lane, position),
      UNIQUE (stream_id, version)
    )`,
    `CREATE TABLE lanes (
      lane smallint PRIMARY KEY,
      kind text COLLATE "C" NOT NULL CHECK (kind IN ('ingest', 'record')),
      epoch bigint NOT NULL,
      owner text NOT NULL,
      taken_at timestamptz NOT NULL DEFAULT now()
    )`,
    `CREATE TABLE checkpoints (
      consumer text COLLATE "C" NOT NULL,
      lane smallint NOT NULL,
      position bigint NOT NULL,
      written_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (consumer, lane)
    ) WITH (fillfactor = 50)`,
    `CREATE TABLE parked_events (
      consumer text COLLATE "C" NOT NULL,
      lane smallint NOT NULL,
      position bigint NOT NULL,
      stream_id text COLLATE "C" NOT NULL,
      version integer NOT NULL,
      reason text NOT NULL,
      parked_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (consumer, lane, position)
    )`,
    `CREATE TABLE config_versions (
      version integer PRIMARY KEY,
      hash text COLLATE "C" NOT NULL UNIQUE,
      policies json NOT NULL,
      registered_at timestamptz NOT NULL DEFAULT now()
    )`,
  ],
};
