import type { FastifyInstance } from 'fastify';
import { limits } from '../domain/limits.ts';
import { checkContentType } from '../ingest/content-type.ts';
import { readBody } from '../ingest/read-body.ts';
import { checkContentEncoding } from './guards/content-encoding.ts';

/** The bodies of a scope's commands are read as strictly as those of senders: Fastify's own parser is not used. */
export function readCommandBodies(scope: FastifyInstance, maxBytes: number = limits.maxCommandBytes): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBytes }, (request, body, done) => {
    try {
      checkContentEncoding(request.headers);
      checkContentType(request.headers['content-type']);
      done(null, readBody(Buffer.from(body), maxBytes));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
}
