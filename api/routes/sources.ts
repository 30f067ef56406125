import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TocsinError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import { checkContentEncoding } from '../guards/content-encoding.ts';
import { sendProblem } from '../guards/error-handler.ts';
import type { AlertReceiver } from '../ports.ts';

/** The accept path. The raw bytes go on as they came: signatures are over them, and only `ingest/` reads them. */
export function addSourceRoutes(scope: FastifyInstance, receiver: AlertReceiver): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: limits.maxBodyBytes },
    (_request, body, done) => done(null, body),
  );
  scope.post<{ Params: { key: string } }>(
    '/v1/sources/:key',
    {
      bodyLimit: limits.maxBodyBytes,
      preParsing: (request, _reply, _payload, done) => {
        checkContentEncoding(request.headers);
        done();
      },
    },
    async (request, reply) => {
      const { status, body } = await receiver.receive({
        key: request.params.key,
        rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        contentType: request.headers['content-type'],
        requestId: request.id,
        traceparent: request.traceparent,
      });
      if (status >= 400) return refuseBatch(request, reply, body);
      return reply.code(status).send(body);
    },
  );
}

/** None of the batch was accepted: the list of what was wrong with each goes along. */
function refuseBatch(request: FastifyRequest, reply: FastifyReply, body: object): FastifyReply {
  const rejected = 'rejected' in body ? body.rejected : [];
  return sendProblem(new TocsinError('invalid_alert'), request, reply, { rejected });
}
