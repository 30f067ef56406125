import type { ChannelConfig } from '../domain/channel/channel.ts';
import type { PolicySnapshot } from '../domain/policy/policy.ts';
import type { Router } from '../domain/route/route.ts';
import type { ListenAddress } from './listen.ts';

/** One immutable, validated snapshot of `tocsin.yml`. Secrets are in it: never log it, never put it into an event. */
export interface TocsinConfig {
  /** The number under which the store registered this configuration; 0 until `withVersion` gives it one. */
  readonly version: number;
  /** Names what the file decides, without its secrets: a rotated key is no new configuration. */
  readonly hash: string;
  readonly listen: ListenAddress;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly sources: readonly SourceConfig[];
  readonly router: Router;
  readonly policies: ReadonlyMap<string, PolicySnapshot>;
  readonly channels: ReadonlyMap<string, ChannelConfig>;
  readonly outbound: OutboundConfig;
}

export interface SourceConfig {
  readonly name: string;
  readonly type: 'alertmanager';
  readonly tenant: string;
  /** SHA-256 of the source's key; the key itself is not kept. */
  readonly keyHash: Uint8Array;
}

export interface OutboundConfig {
  /** CIDR ranges of private addresses that pages may go to, also over plain http. */
  readonly allowPrivate: readonly string[];
}
