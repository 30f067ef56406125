import type { MailServer } from '../../domain/channel/channel.ts';
import type { Notifier, SendResult } from '../../domain/policy/notification.ts';
import { mailMessage, messageIdOf } from './mail-message.ts';
import type { SmtpClient } from './smtp-client.ts';
import type { SmtpResult } from './smtp-session.ts';

export interface EmailNotifierOptions {
  readonly server: MailServer;
  readonly from: string;
  readonly to: readonly string[];
  readonly onUnknown: Notifier['onUnknown'];
  readonly smtp: SmtpClient;
  readonly now: () => number;
  readonly incidentUrlOf: (incidentId: string) => string | undefined;
}

/**
 * Sends mail over SMTP. Servers take the same mail twice; its Message-ID stays the same, so that some mailboxes show it
 * once. What it said cannot be unsaid: an undo is a mail that says so.
 */
export function createEmailNotifier(options: EmailNotifierOptions): Notifier {
  const { server, from, to, smtp, now, incidentUrlOf, onUnknown } = options;
  return {
    provider: 'email',
    account: `${server.host}:${server.port}`,
    isIdempotent: false,
    onUnknown,
    canUndo: true,
    async send(request, { signal }) {
      if (signal.aborted) return { outcome: 'retry', reason: 'cancelled' };
      const incidentUrl = incidentUrlOf(request.incident.id);
      const message = await mailMessage(request, { from, to, nowMs: now(), incidentUrl });
      const result = await smtp.deliver({ server, from, to, message, signal });
      return toSendResult(result, messageIdOf(request.key, from));
    },
  };
}

/** RFC 5321, 3.8: the service is not available, and the connection ends. */
const serverInTrouble = 421;

function toSendResult(result: SmtpResult, messageId: string): SendResult {
  switch (result.kind) {
    case 'accepted':
      return { outcome: 'delivered', providerId: messageId };
    case 'unknown':
      return { outcome: 'unknown', reason: result.reason };
    case 'not_sent':
      return { outcome: result.permanent ? 'rejected' : 'retry', reason: result.reason };
    case 'refused': {
      const { code, enhanced, at } = result;
      const reason = `smtp: ${code}${enhanced === undefined ? '' : ` ${enhanced}`} at ${at}`;
      if (code >= 500) return { outcome: 'rejected', reason, status: code };
      // 421 says that the server itself is in trouble, as silence would; the others, greylisting say, are about this mail
      return { outcome: 'retry', reason, ...(code !== serverInTrouble && { status: code }) };
    }
  }
}
