import type { FastifyInstance } from 'fastify';
import { TocsinError } from '../../domain/errors.ts';

/**
 * Bounds every handler: the caller hears after `timeoutMs` at the latest that the outcome is not known.
 * Fastify's own `handlerTimeout` gives up its watch as soon as a request's body has been read (fastify#6725).
 */
export function answerInTime(app: FastifyInstance, timeoutMs: number): void {
  app.addHook('onRoute', (route) => {
    const { handler } = route;
    route.handler = function handleInTime(request, reply) {
      return withinTime(Promise.resolve(handler.call(this, request, reply)), timeoutMs);
    };
  });
}

async function withinTime(answer: Promise<unknown>, timeoutMs: number): Promise<unknown> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new TocsinError('unknown_outcome')), timeoutMs);
  try {
    return await Promise.race([answer, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
