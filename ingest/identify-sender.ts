import type { SourceConfig, TocsinConfig } from '../config/config.ts';
import { findSource } from '../config/source-keys.ts';
import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { Door } from '../domain/source/door.ts';
import type { Formats } from '../sources/formats.ts';
import type { HeaderLookup, SourceContext, SourceFormat } from '../sources/source.ts';
import { checkContentType } from './content-type.ts';
import { checkSize, readBody } from './read-body.ts';

/** A request's way in and its bytes. */
export interface RawRequest {
  readonly door: Door;
  /** The source's key, for doors that know it before the body is read: secret. */
  readonly key?: string | undefined;
  readonly rawBody: Buffer;
  readonly header: HeaderLookup;
}

export interface KnownSource {
  readonly source: SourceConfig;
  readonly format: SourceFormat;
}

export interface Sender extends KnownSource {
  /** Checks the signature, then decodes. Throws TocsinError; undefined for a body that may be empty and is. */
  readBody(context: SourceContext): unknown;
}

export interface IdentifyOptions {
  readonly config: Pick<TocsinConfig, 'sources'>;
  readonly formats: Formats;
}

/**
 * By the key alone: what else a request says about who sends it is not believed. Nothing of a body is decoded before
 * the key was found and the signature checked, but where the body is the only place for the key.
 *
 * @throws TocsinError `unknown_source`, and what decoding throws
 */
export function identifySender(request: RawRequest, options: IdentifyOptions): Sender {
  const { door, key, rawBody, header } = request;
  if (door === 'pagerduty' || door === 'pagerduty-change') {
    const body = decode(request, options.formats.onlyOneAt(door));
    return { ...findKnownSource({ door, key: routingKeyOf(body) }, options), readBody: () => body };
  }
  const known = findKnownSource({ door, key }, options);
  return {
    ...known,
    readBody(context) {
      checkSize(rawBody, known.format.maxBodyBytes);
      known.format.verify?.(rawBody, header, context);
      return decode(request, known.format);
    },
  };
}

/** @throws TocsinError `unknown_source`, also for a source that does not use this door */
export function findKnownSource(
  { door, key }: Pick<RawRequest, 'door' | 'key'>,
  { config, formats }: IdentifyOptions,
): KnownSource {
  // nothing longer was ever a key, and hashing it would be work for nothing
  const isKey = key !== undefined && key.length <= limits.maxKeyLength;
  const source = isKey ? findSource(config, key) : undefined;
  if (source === undefined) throw new TocsinError('unknown_source');
  const format = formats.find(door, source.type);
  if (format !== undefined) return { source, format };
  throw new TocsinError('unknown_source', { detail: `a source of type ${source.type} has another address` });
}

function decode({ rawBody, header }: RawRequest, format: SourceFormat | undefined): unknown {
  if (rawBody.length === 0 && format?.mayBeEmpty) return undefined;
  checkContentType(header('content-type'), format?.contentTypes);
  return readBody(rawBody, format?.maxBodyBytes);
}

function routingKeyOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'routing_key')) return undefined;
  const { routing_key: key } = body as { routing_key: unknown };
  return typeof key === 'string' ? key : undefined;
}
