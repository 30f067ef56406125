import type { NotificationRequest, Notifier, SendResult } from '../../domain/policy/notification.ts';

export interface Sent {
  readonly request: NotificationRequest;
  readonly attempt: number;
  readonly mayHaveArrived: boolean;
  readonly deadlineMs: number;
  readonly atMs: number;
}

/** A notifier that answers as a test says and remembers what it was asked to send. */
export interface ScriptedNotifier extends Notifier {
  readonly sent: Sent[];
  /** The next sends to a channel are answered so, in order; then again as delivered. */
  answer(channel: string, ...results: readonly (SendResult | Promise<SendResult>)[]): void;
  /** Every send to a channel is answered so. */
  always(channel: string, result: SendResult): void;
  pagesTo(channel: string): Sent[];
  /** What was asked for, of one kind, such as `undo`. */
  ofKind(kind: NotificationRequest['kind']): Sent[];
}

/** Default: idempotent, sends again when in doubt, can take a page back, and needs no pause between two sends. */
export type NotifierTraits = Partial<
  Pick<Notifier, 'account' | 'isIdempotent' | 'onUnknown' | 'canUndo' | 'pace'>
>;

export function createScriptedNotifier(provider: string, traits: NotifierTraits = {}): ScriptedNotifier {
  const sent: Sent[] = [];
  const next = new Map<string, (SendResult | Promise<SendResult>)[]>();
  const forGood = new Map<string, SendResult>();

  return {
    provider,
    account: `${provider}.example.org`,
    isIdempotent: true,
    onUnknown: 'resend',
    canUndo: true,
    ...traits,
    sent,
    answer(channel, ...results) {
      next.set(channel, [...(next.get(channel) ?? []), ...results]);
    },
    always: (channel, result) => void forGood.set(channel, result),
    pagesTo: (channel) =>
      sent.filter(({ request }) => request.channel === channel && request.kind === 'page'),
    ofKind: (kind) => sent.filter(({ request }) => request.kind === kind),
    async send(request, { attempt, mayHaveArrived, deadlineMs }) {
      sent.push({ request, attempt, mayHaveArrived, deadlineMs, atMs: Date.now() });
      const scripted = next.get(request.channel)?.shift() ?? forGood.get(request.channel);
      return (
        scripted ?? { outcome: 'delivered', providerId: `message-${request.key.slice(0, 8)}-${request.kind}` }
      );
    },
  };
}
