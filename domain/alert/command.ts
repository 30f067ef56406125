import type { AlertIdentity } from '../ids.ts';
import type { Alert } from './alert.ts';

/** What somebody or something says of one alert. All of it goes through `decide` and, if it changes anything, into the log. */
export type AlertCommand = SenderCommand | ClockCommand;

/** What a sender may say. */
export type SenderCommand =
  /** The alert fires, or is over, told with all that the sender knows of it. */
  | { readonly kind: 'observe'; readonly alert: Alert }
  /** It is over; the sender names it and says no more (PagerDuty's `resolve`). */
  | { readonly kind: 'clear'; readonly identity: AlertIdentity; readonly at: string }
  /** Somebody at the sender's end takes care of it. */
  | { readonly kind: 'acknowledge'; readonly identity: AlertIdentity; readonly at: string };

/** What time alone may bring about; decided on the alert's state at that moment, so a late one does nothing. */
export type ClockCommand =
  /** It was not heard again by its `expiresAt`, or its incident was closed because nothing was heard of it. */
  | { readonly kind: 'expire'; readonly identity: AlertIdentity; readonly isUnheard?: true }
  /** A human closed its incidents, and it fires on for longer than their policy allows: they count it anew. */
  | { readonly kind: 'reopen'; readonly identity: AlertIdentity; readonly workflowIds: readonly string[] }
  /** What quiets it may have begun or ended. */
  | { readonly kind: 'rejudge'; readonly identity: AlertIdentity };

export function identityOf(command: AlertCommand): AlertIdentity {
  return command.kind === 'observe' ? command.alert : command.identity;
}
