import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { ParkedPlace } from '../store/parked-events.ts';

export function encodeParkedPlace({ consumer, stream, version }: ParkedPlace): string {
  return Buffer.from(JSON.stringify([consumer, stream, version])).toString('base64url');
}

/** Opaque to callers; whatever did not come from `encodeParkedPlace` is `invalid_request` at `/cursor`. */
export function decodeParkedPlace(text: string): ParkedPlace {
  const [consumer, stream, version] = parse(text);
  if (isName(consumer) && isName(stream) && isVersion(version)) return { consumer, stream, version };
  throw new TocsinError('invalid_request', { path: '/cursor', detail: 'the cursor is not one of ours' });
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,256}$/.test(value);
}

function isVersion(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 2_147_483_647;
}

function parse(text: string): unknown[] {
  if (text.length > limits.maxCursorLength) return [];
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
