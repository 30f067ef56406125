import { createHash } from 'node:crypto';
import type { RouteConfig } from '../domain/route/route.ts';
import type { SourceConfig, TocsinConfig } from './config.ts';

/** A configuration before it has a hash; the routes as they were read, without what a router makes of them. */
export type ConfigContent = Omit<TocsinConfig, 'hash' | 'version' | 'router' | 'channels'> & {
  readonly routes: readonly RouteConfig[];
  /** What of each channel is no secret. */
  readonly channels: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
};

/**
 * Names what a configuration decides. Secrets stay out, also as a hash: it is kept in the database, and a weak secret
 * could be guessed from it. So a rotated key or token is no new version.
 */
export function configHashOf({ sources, ...rest }: ConfigContent): string {
  const content = { ...rest, sources: sources.map(sourceWithoutSecrets) };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

function sourceWithoutSecrets({ keyHash: _keyHash, signature, ...source }: SourceConfig) {
  const { secrets: _secrets, ...headers } = signature ?? { secrets: [] };
  return { ...source, isSigned: signature !== undefined, signature: headers };
}

/** The order of names is no decision; that of lists is. A compiled part counts by its data: functions leave no trace. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Map) return sorted(Object.fromEntries(part));
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return sorted(part);
  });
}

function sorted(record: object): object {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
