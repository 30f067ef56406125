import type { IncomingHttpHeaders } from 'node:http';
import { TocsinError } from '../../domain/errors.ts';

/**
 * Compressed bodies are refused: no sender of ours makes them, and a bomb would cost the memory it claims to save.
 * Throws `unsupported_media_type`.
 */
export function checkContentEncoding(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'identity') return;
  throw new TocsinError('unsupported_media_type', { detail: 'send the body without a content-encoding' });
}
