import type { FastifyReply } from 'fastify';

/** Our answers are data of one caller: nothing to sniff, to frame, to run or to keep. */
export const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

export function setSecurityHeaders(reply: FastifyReply): void {
  reply.headers(securityHeaders);
}
