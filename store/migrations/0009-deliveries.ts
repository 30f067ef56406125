import type { Migration } from './migration.ts';

/** A read model: all of it can be dropped and rebuilt from the streams of incidents and of their notifications. */
export const deliveries: Migration = {
  number: 9,
  name: 'delivery views',
  statements: [
    `CREATE TABLE delivery_views (
      key text COLLATE "C" PRIMARY KEY,
      incident_id uuid NOT NULL,
      tenant text COLLATE "C" NOT NULL,
      kind text COLLATE "C" NOT NULL,
      target text COLLATE "C" NOT NULL,
      channel text COLLATE "C" NOT NULL,
      provider text COLLATE "C" NOT NULL,
      round integer NOT NULL,
      step integer NOT NULL,
      requested_at timestamptz NOT NULL,
      version integer NOT NULL,
      stage text COLLATE "C" NOT NULL,
      reason text,
      outcome text COLLATE "C",
      attempts integer NOT NULL,
      provider_id text,
      updated_at timestamptz NOT NULL,
      dead_since timestamptz,
      discarded_at timestamptz,
      discarded_by text,
      discarded_reason text,
      state text COLLATE "C" NOT NULL GENERATED ALWAYS AS
        (CASE WHEN stage = 'dead' AND discarded_at IS NOT NULL THEN 'discarded' ELSE stage END) STORED
    ) WITH (fillfactor = 50)`,
    'CREATE INDEX delivery_views_list ON delivery_views (tenant, requested_at DESC, key)',
    'CREATE INDEX delivery_views_by_incident ON delivery_views (incident_id)',
    `CREATE INDEX delivery_views_dead ON delivery_views (channel, updated_at) WHERE state = 'dead'`,
    `CREATE INDEX delivery_views_delivered ON delivery_views (channel, updated_at) WHERE state = 'delivered'`,
  ],
};
