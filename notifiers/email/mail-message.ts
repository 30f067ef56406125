import MailComposer from 'nodemailer/lib/mail-composer';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import { mailContent } from './mail-content.ts';
import { mailHtml, mailText } from './mail-parts.ts';

export interface MailMessageOptions {
  readonly from: string;
  readonly to: readonly string[];
  readonly nowMs: number;
  readonly incidentUrl: string | undefined;
}

/**
 * The whole mail. Its Message-ID is the same for every attempt, so that mailboxes which drop repeats can; all mail of an
 * incident refers to one id, by which mail programs show it as one thread (RFC 5322, 3.6.4).
 */
export function mailMessage(request: NotificationRequest, options: MailMessageOptions): Promise<Buffer> {
  const { from, to, nowMs, incidentUrl } = options;
  const content = mailContent(request, incidentUrl);
  const thread = messageIdOf(`incident-${request.incident.id}`, from);
  return new MailComposer({
    from: { name: 'tocsin', address: from },
    to: [...to],
    subject: content.subject,
    date: new Date(nowMs),
    messageId: messageIdOf(request.key, from),
    inReplyTo: thread,
    references: [thread],
    // RFC 3834: no out-of-office reply comes back
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: mailText(content),
    html: mailHtml(content),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

/** Nothing but what an id may hold, whatever the name is. */
export function messageIdOf(name: string, from: string): string {
  const host = from.slice(from.lastIndexOf('@') + 1);
  return `<${name.replace(/[^\w.-]/g, '')}@${host.replace(/[^\w.-]/g, '')}>`;
}
