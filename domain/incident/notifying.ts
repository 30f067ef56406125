import { isLastOfAll } from '../policy/next-step.ts';
import type { Incident, PendingNotification } from './incident.ts';

/**
 * When the time for it is over, ISO 8601: a page's with its step, a reminder's with the next one. Edits and undo have
 * none, and neither has a page that nobody comes after: sent late is better than not at all.
 */
export function notifyDeadline(
  incident: Incident,
  { kind, round, step, deadlineAt }: PendingNotification,
): string | undefined {
  const { ladder } = incident;
  const isOfNow = kind === 'page' && ladder?.round === round && ladder.step === step;
  return isOfNow && isLastOfAll(incident) ? undefined : deadlineAt;
}

/** What it says besides, such as `nobody is on call in payments`. */
export function notesOf(_incident: Incident, { notes }: PendingNotification): readonly string[] {
  return notes ?? [];
}

/** Nobody needs it any more: it is withdrawn where it is under way, and not sent again where it was given up. */
export function isUnwanted(
  { status, bundles }: Pick<Incident, 'status' | 'bundles'>,
  { kind, key }: Pick<PendingNotification, 'kind' | 'key'>,
): boolean {
  switch (kind) {
    case 'page':
      return (
        status !== 'open' ||
        bundles.some(({ hasFailed, pages }) => hasFailed && pages.some((page) => page.key === key))
      );
    case 'reminder':
      return status !== 'acknowledged';
    default:
      return false;
  }
}
