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
  extra: Partial<Pick<Problem, 'rejected' | 'problems' | 'status'>> = {},
): FastifyReply {
  request.failure = error;
  const problem = { ...problemOf(error, request.id), ...extra };
  const retryAfter = retryAfterSecondsOf(error);
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  // RFC 9110, section 15.5.2: a 401 names the way to authenticate
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="tocsin"');
  hangUpOnUnread(request, reply);
  return reply.code(problem.status).header('content-type', problemContentType).send(JSON.stringify(problem));
}

/** The rest of a body that nobody reads would be taken for as long as the client likes to send it. */
export function hangUpOnUnread(request: FastifyRequest, reply: FastifyReply): void {
  if (!request.raw.complete) reply.header('connection', 'close');
}
