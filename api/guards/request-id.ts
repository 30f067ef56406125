import { randomUUID } from 'node:crypto';

/** Ends up in events and logs, so it is kept short and plain. */
const acceptable = /^[A-Za-z0-9._-]{1,64}$/;

/** The caller's `X-Request-Id` if it is fit to be kept, else a new one. */
export function requestIdOf(headers: NodeJS.Dict<string | string[]>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && acceptable.test(given) ? given : randomUUID();
}
