import { DatabaseError } from 'pg';
import { TocsinError } from '../domain/errors.ts';

/** SQLSTATE classes and codes of PostgreSQL (appendix A) that say "not now" rather than "not like this". */
const unavailableStates = [
  '08', // connection exception
  '25006', // read-only: a standby answered
  '28', // the role may not log in
  '3D', // the database is not there
  '53', // out of connections, memory or disk
  '55P03', // a lock was not to be had in time
  '57', // shutting down, starting, cancelled by a timeout
  '58', // input or output error
];

/** SQLSTATE of an error that the server answered; undefined for everything that happened to the connection. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

/** Whether the database, and not the statement, is at fault. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof TocsinError) return error.code === 'store_unavailable';
  const state = sqlStateOf(error);
  return state === undefined || unavailableStates.some((prefix) => state.startsWith(prefix));
}

/** What to throw for an error of `pg`: `store_unavailable`, or the error itself where the statement is wrong. */
export function storeError(error: unknown): unknown {
  if (error instanceof TocsinError || !isUnavailable(error)) return error;
  return new TocsinError('store_unavailable', { cause: error });
}
