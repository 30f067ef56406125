import type { MatcherParts } from '../matcher/matcher.ts';

/**
 * Keeps alerts quiet that all its matchers match, from `startsAt` up to but not including `endsAt`: Alertmanager's
 * silence. Instants are ISO 8601 in UTC with milliseconds.
 */
export interface Silence {
  /** A UUID. */
  readonly id: string;
  readonly tenant: string;
  /** At least one of them does not match the empty string. */
  readonly matchers: readonly MatcherParts[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

export type SilenceStatus = 'pending' | 'active' | 'expired';

/** What the log knows of one silence: its newest form, if any. */
export type SilenceState =
  | { readonly status: 'none' }
  | { readonly status: 'known'; readonly silence: Silence };

export const initialSilenceState: SilenceState = { status: 'none' };

/** How it stands at an instant, in milliseconds since 1970. One that was ended early has an `endsAt` of that moment. */
export function silenceStatusAt({ startsAt, endsAt }: Silence, nowMs: number): SilenceStatus {
  if (nowMs >= Date.parse(endsAt)) return 'expired';
  return nowMs < Date.parse(startsAt) ? 'pending' : 'active';
}
