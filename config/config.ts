import type { ChannelConfig } from '../domain/channel/channel.ts';
import type { Matcher } from '../domain/matcher/matcher.ts';
import type { Schedule, User } from '../domain/people/people.ts';
import type { PolicySnapshot } from '../domain/policy/policy.ts';
import type { Router } from '../domain/route/route.ts';
import type { Severity } from '../domain/severity.ts';
import type { GenericMapping } from '../domain/source/generic-mapping.ts';
import type { SourceType } from '../domain/source/source-type.ts';
import type { ValidationMode } from '../domain/source/validation-mode.ts';
import type { QuietRules } from '../domain/suppression/rules.ts';
import type { TimeInterval } from '../domain/time-interval/time-interval.ts';
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
  readonly quiet: QuietRules;
  readonly policies: ReadonlyMap<string, PolicySnapshot>;
  /** By name; contacts of users are channels too, named `user:amy/phone`. */
  readonly channels: ReadonlyMap<string, ChannelConfig>;
  readonly users: ReadonlyMap<string, User>;
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly timeIntervals: ReadonlyMap<string, TimeInterval>;
  readonly admission: AdmissionConfig;
  readonly retention: RetentionConfig;
  readonly outbound: OutboundConfig;
}

export interface SourceConfig {
  readonly name: string;
  readonly type: SourceType;
  readonly tenant: string;
  /** SHA-256 of the source's key; the key itself is not kept. */
  readonly keyHash: Uint8Array;
  readonly validation: ValidationMode;
  readonly resolveTimeoutMs: number;
  /** Header names in lower case. Secret. */
  readonly signature?: {
    readonly secrets: readonly string[];
    readonly header: string;
    readonly timestampHeader?: string;
  };
  readonly mapping?: GenericMapping;
  /** In the order in which they are applied: first those for all sources, then the source's own. */
  readonly processors: readonly ProcessorSpec[];
  readonly heartbeat?: HeartbeatConfig;
  readonly rate?: RateConfig;
}

/** The source must be heard from at least so often. */
export interface HeartbeatConfig {
  readonly everyMs: number;
  /** Of the alert that its silence raises. */
  readonly severity: Severity;
  /** Only alerts that match count, and they page nobody; none means that any request counts. */
  readonly match: readonly Matcher[];
}

/** A token bucket, in alerts. */
export interface RateConfig {
  readonly perSecond: number;
  readonly burst: number;
}

export interface AdmissionConfig {
  /** For each tenant, all of its sources together; absent means no limit. */
  readonly perTenant?: RateConfig;
}

export interface RetentionConfig {
  /** Streams whose alert or incident is over for so long move to the archive; absent means never. */
  readonly archiveAfterMs?: number;
}

/** One processor as it is configured. They change or drop alerts before anything is decided. */
export type ProcessorSpec =
  | { readonly kind: 'add_labels'; readonly labels: Readonly<Record<string, string>> }
  | { readonly kind: 'drop_labels'; readonly names: readonly string[] }
  | { readonly kind: 'rename_label'; readonly from: string; readonly to: string }
  | {
      readonly kind: 'map_severity';
      readonly label: string;
      /** The label's values in lower case. */
      readonly values: ReadonlyMap<string, Severity>;
      readonly otherwise?: Severity;
    }
  | {
      readonly kind: 'redact';
      /** Numbers of 13 to 19 digits that pass the check of Luhn. */
      readonly cardNumbers: boolean;
      /** Known forms of tokens and private keys. */
      readonly secrets: boolean;
      /** RE2 patterns of the operator's own. */
      readonly patterns: readonly string[];
    }
  /** Keeps a share of what matches, chosen by fingerprint; never drops what is critical. */
  | { readonly kind: 'sample'; readonly match: readonly Matcher[]; readonly keep: number }
  /** Adds the label `outlier="true"` where a number stands out from the last `window` alerts of the same name. */
  | {
      readonly kind: 'outlier';
      /** The annotation or label that holds the number. */
      readonly value: string;
      readonly window: number;
      /** Standard deviations from the mean. */
      readonly threshold: number;
    }
  /** Keeps so many alerts per span and combination of values; never drops what is critical. */
  | {
      readonly kind: 'limit';
      readonly match: readonly Matcher[];
      readonly alerts: number;
      readonly perMs: number;
      readonly by: readonly string[];
    };

export interface OutboundConfig {
  /** CIDR ranges of private addresses that pages may go to, also over plain http. */
  readonly allowPrivate: readonly string[];
}
