import { createHash } from 'node:crypto';
import type { ChannelConfig } from '../domain/channel/channel.ts';
import { formatMatcher } from '../domain/matcher/matcher.ts';
import type { TocsinConfig } from './config.ts';

/**
 * Names what a configuration decides. Secrets stay out, also as a hash: it is kept in the database, and a weak secret
 * could be guessed from it. So a rotated key or token is no new version.
 */
export function configHashOf(config: Omit<TocsinConfig, 'hash' | 'version'>): string {
  const { listen, publicUrl, sources, router, policies, channels, outbound } = config;
  const content = {
    listen,
    publicUrl,
    outbound,
    sources: sources.map(({ name, type, tenant }) => ({ name, type, tenant })),
    routes: router.routes.map((route) => ({ ...route, match: route.match.map(formatMatcher) })),
    policies: sortedByName(policies.values()),
    channels: sortedByName([...channels.values()].map(withoutSecrets)),
  };
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/** A webhook's path and query are often its secret. */
function withoutSecrets(channel: ChannelConfig) {
  const { name, updates, provider } = channel;
  if (provider === 'webhook') return { name, updates, provider, origin: new URL(channel.url).origin };
  if (provider === 'slack') return { name, updates, provider, channel: channel.channel };
  return { name, updates, provider };
}

function sortedByName<T extends { readonly name: string }>(items: Iterable<T>): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
