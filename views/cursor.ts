import { TocsinError } from '../domain/errors.ts';

/** Where a page ended: an instant and the id that tells apart what happened at the same one. */
export interface Cursor {
  readonly at: string;
  readonly id: string;
}

export function encodeCursor({ at, id }: Cursor): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

/** Opaque to callers; whatever did not come from `encodeCursor` is `invalid_request` at `/cursor`. */
export function decodeCursor(text: string, isId: (id: string) => boolean): Cursor {
  const [at, id] = parse(text);
  if (isInstant(at) && typeof id === 'string' && isId(id)) return { at, id };
  throw new TocsinError('invalid_request', { path: '/cursor', detail: 'the cursor is not one of ours' });
}

const maxCursorLength = 256;

/** PostgreSQL knows neither the year 0 nor 30 February, which JavaScript takes for 2 March. */
function isInstant(at: unknown): at is string {
  if (typeof at !== 'string' || !/^\d{4}-/.test(at) || at < '0001') return false;
  const ms = Date.parse(at);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === at;
}

function parse(text: string): unknown[] {
  if (text.length > maxCursorLength) return [];
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
