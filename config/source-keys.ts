import { createHash, timingSafeEqual } from 'node:crypto';
import type { SourceConfig, TocsinConfig } from './config.ts';

/** What is kept of a key. */
export function hashKey(key: string): Uint8Array {
  return createHash('sha256').update(key, 'utf8').digest();
}

/** The source that has this key. Looks at every source whatever it found, so that the time tells nothing. */
export function findSource(config: Pick<TocsinConfig, 'sources'>, key: string): SourceConfig | undefined {
  const given = hashKey(key);
  let found: SourceConfig | undefined;
  for (const source of config.sources) {
    if (timingSafeEqual(source.keyHash, given)) found = source;
  }
  return found;
}
