import type { MailServer } from '../../domain/channel/channel.ts';

export interface OutgoingMail {
  readonly server: MailServer;
  /** Bare addresses: the sender, and whom it goes to. */
  readonly from: string;
  readonly to: readonly string[];
  /** The whole message with its headers. */
  readonly message: Buffer;
  readonly signal: AbortSignal;
}
