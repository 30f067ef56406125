import type { FastifyInstance } from 'fastify';
import { TocsinError } from '../../domain/errors.ts';

/**
 * 404 for addresses that tocsin does not have, with or without a token: which addresses exist is in the
 * documentation, so there is nothing to hide, and a typo is not told as a bad token. Before any body is read.
 */
export function refuseUnknownPaths(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    done(request.is404 ? new TocsinError('not_found') : undefined);
  });
  app.setNotFoundHandler(() => {
    throw new TocsinError('not_found');
  });
}
