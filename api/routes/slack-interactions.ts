import type { FastifyInstance } from 'fastify';
import { limits } from '../../domain/limits.ts';
import { checkContentEncoding } from '../guards/content-encoding.ts';
import { headersOf } from '../header-lookup.ts';
import { readSlackPress } from '../slack/read-slack-press.ts';
import type { SlackPresses } from '../slack/slack-presses.ts';
import { verifySlackSignature } from '../slack/verify-slack-signature.ts';

export interface SlackInteractionOptions {
  readonly slack: Pick<SlackPresses, 'take'>;
  /** Of the configuration in force. */
  readonly slackSigningSecrets: () => readonly string[];
  readonly now: () => number;
}

/**
 * Where Slack tells of pressed buttons. The signature is checked over the bytes as they came, before any of them is read;
 * the answer does not wait for what the press brings about, because Slack gives it 3 s.
 */
export function addSlackInteractionRoute(scope: FastifyInstance, options: SlackInteractionOptions): void {
  const { slack, slackSigningSecrets, now } = options;
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: limits.maxBodyBytes },
    (_request, body, done) => done(null, body),
  );
  scope.post(
    '/v1/slack/interactions',
    {
      bodyLimit: limits.maxBodyBytes,
      preParsing: (request, _reply, _payload, done) => {
        checkContentEncoding(request.headers);
        done();
      },
    },
    async (request, reply) => {
      const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      verifySlackSignature(rawBody, headersOf(request), { secrets: slackSigningSecrets(), nowMs: now() });
      const press = readSlackPress(rawBody);
      if (press !== undefined) slack.take(press, request.traceparent);
      return reply.code(200).send();
    },
  );
}
