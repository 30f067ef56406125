import type { Migration } from './migration.ts';

/** What the clock looks for among the alerts that fire: those that are quiet, that expire, and that inhibit others. */
export const quietAlerts: Migration = {
  number: 5,
  name: 'quiet and expiring alerts',
  statements: [
    `ALTER TABLE alert_views
      ADD COLUMN quiet json,
      ADD COLUMN quiet_until timestamptz,
      ADD COLUMN expires_at timestamptz,
      ADD COLUMN inhibits boolean NOT NULL DEFAULT false`,
    `CREATE INDEX alert_views_quiet ON alert_views (stream_id) WHERE status = 'firing' AND quiet IS NOT NULL`,
    `CREATE INDEX alert_views_quiet_until ON alert_views (quiet_until) WHERE status = 'firing' AND quiet_until IS NOT NULL`,
    `CREATE INDEX alert_views_expires ON alert_views (expires_at) WHERE status = 'firing' AND expires_at IS NOT NULL`,
    `CREATE INDEX alert_views_firing ON alert_views (stream_id) WHERE status = 'firing'`,
    'CREATE INDEX alert_views_inhibiting ON alert_views (updated_hlc) WHERE inhibits',
  ],
};
