import type { Migration } from './migration.ts';

/** When alerts that go on behind a closed incident are looked at again. */
export const returningAlerts: Migration = {
  number: 10,
  name: 'alerts behind closed incidents',
  statements: [
    'ALTER TABLE incident_views ADD COLUMN return_at timestamptz',
    'CREATE INDEX incident_views_return ON incident_views (return_at) WHERE return_at IS NOT NULL',
  ],
};
