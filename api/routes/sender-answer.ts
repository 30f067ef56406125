import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorCodeOf, TocsinError } from '../../domain/errors.ts';
import { hangUpOnUnread, sendProblem } from '../guards/error-handler.ts';
import type { SenderAnswer } from '../ports.ts';
import { codeOfFailure } from '../problem.ts';

/** Sends what a sender's format says, in status, headers and JSON. */
export function sendAnswer(reply: FastifyReply, { status, headers = {}, body }: SenderAnswer): FastifyReply {
  reply.code(status).headers(headers);
  if (body === undefined) return reply.send();
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}

/**
 * Errors of this scope are told as `refuse` says, whatever raised them; where it says nothing, or no body, the problem
 * document tells them.
 */
export function answerInOwnWords(
  scope: FastifyInstance,
  refuse: (request: FastifyRequest, error: TocsinError) => SenderAnswer | undefined,
): void {
  scope.setErrorHandler((error, request, reply) => {
    const answer = refuse(request, translated(error));
    if (answer === undefined) return sendProblem(error, request, reply);
    const { status, headers = {}, body } = answer;
    if (body === undefined) return sendProblem(error, request, reply.headers(headers), { status });
    request.failure = error;
    hangUpOnUnread(request, reply);
    return sendAnswer(reply, answer);
  });
}

/** Only what carries a code of ours keeps its detail: of the rest nobody knows what is in it. */
function translated(error: unknown): TocsinError {
  if (error instanceof TocsinError && errorCodeOf(error) === error.code) return error;
  return new TocsinError(codeOfFailure(error), { cause: error });
}
