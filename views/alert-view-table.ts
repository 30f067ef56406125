import type { Database } from '../store/database.ts';
import type { AlertViewRow } from './alert-view-row.ts';

type Column = Exclude<keyof AlertViewRow, 'stream_id'>;

const columnTypes: Record<keyof AlertViewRow, string> = {
  stream_id: 'text',
  version: 'integer',
  tenant: 'text',
  source: 'text',
  fingerprint: 'text',
  status: 'text',
  severity: 'text',
  title: 'text',
  labels: 'json',
  annotations: 'json',
  starts_at: 'timestamptz',
  ends_at: 'timestamptz',
  generator_url: 'text',
  workflow_ids: 'text[]',
  config_version: 'integer',
  updated_hlc: 'bigint',
  search: 'text',
  counted_version: 'integer',
  repeat_count: 'integer',
  fired_version: 'integer',
  fired_lane: 'smallint',
  fired_position: 'bigint',
};

/** Columns that are not guarded by the alert's own version. */
const guards: Partial<Record<Column, Column>> = {
  counted_version: 'counted_version',
  repeat_count: 'counted_version',
  fired_version: 'fired_version',
  fired_lane: 'fired_version',
  fired_position: 'fired_version',
};

const columns = Object.keys(columnTypes);
const isNewer = (guard: string) => `EXCLUDED.${guard} > coalesce(held.${guard}, -1)`;

function assignment(column: string): string {
  const guard = guards[column as Column] ?? 'version';
  return `${column} = CASE WHEN ${isNewer(guard)} THEN EXCLUDED.${column} ELSE held.${column} END`;
}

/** Rows and progress in one statement, hence in one commit. */
const foldStatement = `
WITH folded AS (
  INSERT INTO alert_views AS held (${columns.join(', ')})
  SELECT ${columns.join(', ')} FROM json_to_recordset($1::json)
    AS rows (${Object.entries(columnTypes)
      .map(([column, type]) => `${column} ${type}`)
      .join(', ')})
  ON CONFLICT (stream_id) DO UPDATE SET
    ${columns
      .filter((column) => column !== 'stream_id')
      .map(assignment)
      .join(',\n    ')}
  WHERE ${['version', 'counted_version', 'fired_version'].map(isNewer).join(' OR ')}
)
INSERT INTO alert_view_progress AS held (lane, position) VALUES ($2, $3)
ON CONFLICT (lane) DO UPDATE SET position = EXCLUDED.position WHERE held.position < EXCLUDED.position`;

export interface AlertViewProgress {
  readonly lane: number;
  /** Everything of the lane up to here is in the views or parked. */
  readonly position: number;
}

/** Takes over what is newer than the rows that are there, and moves the lane's progress. */
export async function writeAlertViews(
  database: Pick<Database, 'query'>,
  rows: readonly AlertViewRow[],
  { lane, position }: AlertViewProgress,
): Promise<void> {
  await database.query(foldStatement, [JSON.stringify(rows), lane, position]);
}

/** -1 when nothing of the lane has been folded yet. */
export async function readAlertViewProgress(
  database: Pick<Database, 'query'>,
  lane: number,
): Promise<number> {
  const rows = await database.query<{ position: string }>(
    'SELECT position FROM alert_view_progress WHERE lane = $1',
    [lane],
  );
  return Number(rows[0]?.position ?? -1);
}
