import { errorCodeOf } from '../domain/errors.ts';

/** The engine or the database is away: nothing is wrong with the work itself. */
export function isAway(error: unknown): boolean {
  const code = errorCodeOf(error);
  return code === 'engine_unavailable' || code === 'store_unavailable';
}
