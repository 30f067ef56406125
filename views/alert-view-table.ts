import type { Database } from '../store/database.ts';
import { alertViewColumns, copyRowsOf } from './alert-view-columns.ts';
import type { AlertViewRow } from './alert-view-row.ts';

type Column = Exclude<keyof AlertViewRow, 'stream_id'>;

/** Columns that are not guarded by the alert's own version. */
const guards: Partial<Record<Column, Column>> = {
  counted_version: 'counted_version',
  repeat_count: 'counted_version',
  fired_version: 'fired_version',
  fired_lane: 'fired_version',
  fired_position: 'fired_version',
};

const columns = Object.keys(alertViewColumns);
const isNewer = (guard: string) => `EXCLUDED.${guard} > coalesce(held.${guard}, -1)`;

function assignment(column: string): string {
  const guard = guards[column as Column] ?? 'version';
  return `${column} = CASE WHEN ${isNewer(guard)} THEN EXCLUDED.${column} ELSE held.${column} END`;
}

function progressStatement(lane: string, position: string): string {
  return `INSERT INTO alert_view_progress AS held (lane, position) VALUES (${lane}, ${position})
ON CONFLICT (lane) DO UPDATE SET position = EXCLUDED.position WHERE held.position < EXCLUDED.position`;
}

const mergeStatement = `
INSERT INTO alert_views AS held (${columns.join(', ')})
SELECT ${columns.join(', ')} FROM json_to_recordset($1::json)
  AS rows (${Object.entries(alertViewColumns)
    .map(([column, type]) => `${column} ${type}`)
    .join(', ')})
ON CONFLICT (stream_id) DO UPDATE SET
  ${columns
    .filter((column) => column !== 'stream_id')
    .map(assignment)
    .join(',\n  ')}
WHERE ${['version', 'counted_version', 'fired_version'].map(isNewer).join(' OR ')}`;

/** Rows and progress in one statement, hence in one commit. */
const foldStatement = `WITH folded AS (${mergeStatement}) ${progressStatement('$2', '$3')}`;

export interface AlertViewProgress {
  readonly lane: number;
  /** Everything of the lane up to here is in the views or parked. */
  readonly position: number;
}

const copyStatement = `COPY alert_views (${columns.join(', ')}) FROM STDIN`;

/**
 * Writes views of alerts that have none, several times faster than `writeAlertViews`, and moves the lane's progress
 * with them. Throws SQLSTATE 23505 when one of them has a view already; nothing is written then.
 */
export async function copyAlertViews(
  database: Pick<Database, 'copy'>,
  rows: readonly AlertViewRow[],
  { lane, position }: AlertViewProgress,
): Promise<void> {
  // Numbers, not parameters: a COPY takes none.
  const statements = `${copyStatement}; ${progressStatement(`${lane}`, `${position}`)}`;
  await database.copy(statements, copyRowsOf(rows));
}

/** Takes over what is newer than the rows that are there, and moves the lane's progress. */
export async function writeAlertViews(
  database: Pick<Database, 'query'>,
  rows: readonly AlertViewRow[],
  { lane, position }: AlertViewProgress,
): Promise<void> {
  await database.query(foldStatement, [JSON.stringify(rows), lane, position]);
}

/** Takes over what is newer than the rows that are there, for whoever is not the lane's owner. */
export async function mergeAlertViews(
  database: Pick<Database, 'query'>,
  rows: readonly AlertViewRow[],
): Promise<void> {
  await database.query(mergeStatement, [JSON.stringify(rows)]);
}

/** `copyAlertViews` for whoever is not the lane's owner. */
export async function copyMissingAlertViews(
  database: Pick<Database, 'copy'>,
  rows: readonly AlertViewRow[],
): Promise<void> {
  await database.copy(copyStatement, copyRowsOf(rows));
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
