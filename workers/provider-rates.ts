import type { Provider } from '../domain/channel/channel.ts';

/**
 * Requests a second that a provider takes from all workers together, kept by the engine for its task queue. Left out:
 * providers whose limits are of one channel or account, which `Notifier.pace` keeps (Slack: one message a second for each
 * channel), those that queue by themselves (Twilio takes requests faster than it sends, and holds them), and what runs on
 * servers of one's own.
 */
const perSecond: Partial<Record<Provider, number>> = {
  /** Telegram's bot FAQ: no more than about 30 messages a second to several chats. */
  telegram: 30,
};

export function providerRateOf(provider: string): number | undefined {
  return (perSecond as Readonly<Record<string, number | undefined>>)[provider];
}
