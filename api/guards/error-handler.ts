import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, problemContentType, problemOf, retryAfterSecondsOf } from '../problem.ts';

/** Every failure leaves as problem+json; what it was stays on the request for the log. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
}

export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  extra: Pick<Problem, 'rejected'> = {},
): FastifyReply {
  request.failure = error;
  const problem = { ...problemOf(error, request.id), ...extra };
  const retryAfter = retryAfterSecondsOf(error);
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  // RFC 9110, section 15.5.2: a 401 names the way to authenticate
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="tocsin"');
  // the rest of a body that nobody reads would be taken for as long as the client likes to send it
  if (!request.raw.complete) reply.header('connection', 'close');
  return reply.code(problem.status).header('content-type', problemContentType).send(JSON.stringify(problem));
}
