import { TocsinError } from '../domain/errors.ts';

/** `application/json` and what is JSON by its suffix (RFC 6839); parameters are ignored, UTF-8 is what JSON is. */
const json = /^application\/(?:json|[a-z0-9!#$&^_.+-]+\+json)$/i;

/**
 * A request without a type is taken at its body's word.
 *
 * @param others media types that the sender's format takes besides, in lower case
 * @throws TocsinError `unsupported_media_type`
 */
export function checkContentType(contentType: string | undefined, others: readonly string[] = []): void {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === undefined || type === '' || json.test(type) || others.includes(type)) return;
  throw new TocsinError('unsupported_media_type', { detail: 'send application/json' });
}
