import { escapeField } from '../store/copy-in.ts';
import { createCopyLines } from '../store/copy-lines.ts';
import type { AlertViewRow } from './alert-view-row.ts';

type ColumnType = 'text' | 'text[]' | 'json' | 'timestamptz' | 'integer' | 'smallint' | 'bigint' | 'boolean';

/** The columns of `alert_views` that folding writes, with PostgreSQL's types. */
export const alertViewColumns: Readonly<Record<keyof AlertViewRow, ColumnType>> = {
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
  quiet: 'json',
  quiet_until: 'timestamptz',
  expires_at: 'timestamptz',
  inhibits: 'boolean',
  config_version: 'integer',
  updated_hlc: 'bigint',
  search: 'text',
  counted_version: 'integer',
  repeat_count: 'integer',
  fired_version: 'integer',
  fired_lane: 'smallint',
  fired_position: 'bigint',
};

/** What a value looks like in PostgreSQL's text format of COPY; a function for each column, chosen once. */
const encoders: Readonly<Record<ColumnType, (value: unknown) => string>> = {
  text: (value) => escapeField(String(value)),
  timestamptz: (value) => escapeField(String(value)),
  bigint: (value) => escapeField(String(value)),
  json: (value) => escapeField(JSON.stringify(value)),
  'text[]': (value) => escapeField(arrayLiteralOf(value)),
  integer: String,
  smallint: String,
  boolean: String,
};

const columns = (Object.keys(alertViewColumns) as (keyof AlertViewRow)[]).map((column) => ({
  column,
  encode: encoders[alertViewColumns[column]],
}));

/** The rows for a COPY, with the columns in the order of `alertViewColumns`. */
export function copyRowsOf(rows: readonly AlertViewRow[]): Buffer {
  const lines = createCopyLines(rows.length);
  for (const row of rows) lines.add(columns.map(({ column, encode }) => encodeOrNull(row[column], encode)));
  return lines.bytes();
}

function encodeOrNull(value: unknown, encode: (value: unknown) => string): string {
  return value === null ? '\\N' : encode(value);
}

/** Quoted elements need no other care than their quotes and backslashes: postgresql.org/docs/current/arrays.html. */
function arrayLiteralOf(values: unknown): string {
  if (!Array.isArray(values)) throw new Error('a column of texts has no list');
  const elements = values.map((value) => `"${String(value).replace(/["\\]/g, '\\$&')}"`);
  return `{${elements.join(',')}}`;
}
