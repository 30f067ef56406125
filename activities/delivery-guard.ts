import type { Notifier, SendResult } from '../domain/policy/notification.ts';

/** What stands between a notification and its provider, for all workers together where they share a Redis. */
export interface DeliveryGuard {
  /** Nothing goes to this account now, because it answered too seldom. */
  isOpen(notifier: Pick<Notifier, 'provider' | 'account'>): boolean;
  /** Sends, and learns from the answer; undefined, and nothing sent, while the circuit is open. */
  send(
    notifier: Pick<Notifier, 'provider' | 'account'>,
    work: () => Promise<SendResult>,
  ): Promise<SendResult | undefined>;
  /** A place in the row of messages that must be so far apart. */
  reserve(place: PaceRequest): Promise<PacePlace>;
  /** `repeat`: somebody began this very attempt before and nobody knows what became of it. Rejects never. */
  begin(attempt: BegunAttempt): Promise<'first' | 'repeat'>;
  /** It was begun, and then nothing was sent. */
  giveBack(attempt: BegunAttempt): Promise<void>;
}

export interface BegunAttempt {
  /** The notification's. */
  readonly key: string;
  readonly attempt: number;
}

export interface PaceRequest {
  readonly pace: NonNullable<Notifier['pace']>;
  /** Who waits: the notification's key. It keeps its place when it comes again. */
  readonly key: string;
  /** The longest that it would wait in all. */
  readonly maxWaitMs: number;
  /** A shorter wait is waited for at once, and uses the place up. */
  readonly holdMs: number;
}

/** `full`: no place is free within the longest wait. */
export type PacePlace = { readonly kind: 'place'; readonly waitMs: number } | { readonly kind: 'full' };

/** Lets everything through: for tests that are about something else. */
export const noGuard: DeliveryGuard = {
  isOpen: () => false,
  send: (_notifier, work) => work(),
  reserve: async () => ({ kind: 'place', waitMs: 0 }),
  begin: async () => 'first',
  giveBack: async () => {},
};
