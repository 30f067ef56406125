import type { NotificationRequest, Notifier, SendResult } from '../../domain/policy/notification.ts';

export interface Sent {
  readonly request: NotificationRequest;
  readonly attempt: number;
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
}

export function createScriptedNotifier(provider: string): ScriptedNotifier {
  const sent: Sent[] = [];
  const next = new Map<string, (SendResult | Promise<SendResult>)[]>();
  const forGood = new Map<string, SendResult>();

  return {
    provider,
    sent,
    answer(channel, ...results) {
      next.set(channel, [...(next.get(channel) ?? []), ...results]);
    },
    always: (channel, result) => void forGood.set(channel, result),
    pagesTo: (channel) =>
      sent.filter(({ request }) => request.channel === channel && request.kind === 'page'),
    async send(request, { attempt }) {
      sent.push({ request, attempt, atMs: Date.now() });
      const scripted = next.get(request.channel)?.shift() ?? forGood.get(request.channel);
      return (
        scripted ?? { outcome: 'delivered', providerId: `message-${request.key.slice(0, 8)}-${request.kind}` }
      );
    },
  };
}
