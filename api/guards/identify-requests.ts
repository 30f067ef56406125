import type { FastifyInstance } from 'fastify';
import { continueTrace } from '../../telemetry/trace-context.ts';
import { setSecurityHeaders } from './security-headers.ts';

/** Gives each request its trace, and each answer the request's id by which to find it in the log. */
export function identifyRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { traceparent } = request.headers;
    request.traceparent = continueTrace(typeof traceparent === 'string' ? traceparent : undefined);
    reply.header('x-request-id', request.id);
    setSecurityHeaders(reply);
    done();
  });
}
