import type { DeliveryAttempted } from '../domain/events/delivery-events.ts';
import { limits } from '../domain/limits.ts';
import type { NotificationRequest, Notifier, SendResult } from '../domain/policy/notification.ts';
import type { AttemptsSoFar } from './attempts-so-far.ts';
import { retryDelayMs } from './retry-delay.ts';

/** Why a notification is given up; a label of a metric. */
export type DeadReason = 'rejected' | 'spent' | 'deadline' | 'held' | 'circuit';

export type DeliveryEnd =
  | { readonly kind: 'delivered'; readonly providerId: string; readonly attempts: number }
  | {
      readonly kind: 'again';
      readonly type: 'retry' | 'unknown';
      readonly reason: string;
      readonly attempts: number;
      readonly afterMs: number;
      readonly outcome?: SendResult['outcome'];
    }
  | {
      readonly kind: 'over';
      readonly why: DeadReason;
      readonly reason: string;
      readonly attempts: number;
      readonly outcome?: SendResult['outcome'];
    };

/** Below this an attempt is not worth its risk: most providers would be cut off while they answer. */
export const shortestSendMs = 250;

/** What is over before this run has done anything. */
export function endBefore(
  request: NotificationRequest,
  soFar: AttemptsSoFar,
  { notifier, leftMs }: { readonly notifier: Notifier | undefined; readonly leftMs: number },
): DeliveryEnd | undefined {
  if (isHeld(request, notifier, soFar)) return held(soFar);
  if (soFar.next - soFar.first >= maxAttemptsOf(request.kind)) {
    const last = soFar.attempts.at(-1);
    return { ...givenUp(soFar), why: 'spent', reason: last?.reason ?? 'its attempts are spent' };
  }
  return leftMs < shortestSendMs ? outOfTime(soFar) : undefined;
}

/** An undo goes on until its time is over. */
function maxAttemptsOf(kind: NotificationRequest['kind']): number {
  if (kind === 'test') return 1;
  return kind === 'undo' ? Number.POSITIVE_INFINITY : limits.maxNotifyAttempts;
}

/** A run before this one may have died behind its record. To take a page back twice harms nobody. */
export function isHeld(
  { kind }: NotificationRequest,
  notifier: Notifier | undefined,
  { attempts, first }: AttemptsSoFar,
): boolean {
  if (notifier?.onUnknown !== 'hold' || kind === 'undo') return false;
  return attempts.some(({ attempt, outcome }) => attempt >= first && outcome === 'unknown');
}

/** Until it is known to have arrived, one attempt of which nothing is known is enough. */
export function mayHaveArrived({ attempts }: AttemptsSoFar): boolean {
  return attempts.some(({ outcome }) => outcome === 'unknown');
}

interface Attempted {
  readonly notifier: Notifier;
  readonly soFar: AttemptsSoFar;
  readonly result: SendResult;
  readonly leftMs: number;
}

/** What follows from an attempt. */
export function endAfter(
  { random }: { readonly random: () => number },
  { kind }: NotificationRequest,
  { result, soFar, notifier, leftMs }: Attempted,
): DeliveryEnd {
  const attempts = soFar.next;
  const { outcome } = result;
  if (outcome === 'delivered') return { kind: 'delivered', providerId: result.providerId, attempts };
  const { reason } = result;
  const told = { reason, attempts, outcome: mayHaveArrived(soFar) ? 'unknown' : outcome } as const;
  const over = { kind: 'over', ...told } as const;
  if (outcome === 'rejected') return { ...over, why: 'rejected' };
  if (outcome === 'unknown' && notifier.onUnknown === 'hold' && kind !== 'undo')
    return { ...over, why: 'held', reason: heldReason(reason) };
  const made = attempts - soFar.first + 1;
  if (made >= maxAttemptsOf(kind)) return { ...over, why: 'spent' };
  const asked = outcome === 'retry' && result.afterMs !== undefined ? { afterMs: result.afterMs } : {};
  const afterMs = retryDelayMs({ attempt: made, kind, random, ...asked });
  // who asks us to wait for longer than there is time has refused
  if (afterMs + shortestSendMs > leftMs) return { ...over, why: 'deadline' };
  return { kind: 'again', type: outcome, ...told, afterMs };
}

function heldReason(reason: string): string {
  return `held, as it may have arrived: ${reason}`;
}

export function held(soFar: AttemptsSoFar): DeliveryEnd {
  const last: DeliveryAttempted['data'] | undefined = soFar.attempts.at(-1);
  return { ...givenUp(soFar), why: 'held', reason: heldReason(last?.reason ?? 'nothing is known of it') };
}

export function outOfTime(soFar: AttemptsSoFar): DeliveryEnd {
  return { ...givenUp(soFar), why: 'deadline', reason: 'its time was over before it could be sent' };
}

/** With the outcome of the last attempt, if there was one, or `unknown`: it may have happened all the same. */
export function givenUp(soFar: AttemptsSoFar) {
  const { attempts, next } = soFar;
  const outcome = mayHaveArrived(soFar) ? 'unknown' : attempts.at(-1)?.outcome;
  return { kind: 'over', attempts: next - 1, ...(outcome !== undefined && { outcome }) } as const;
}
