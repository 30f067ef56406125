import type { FastifyInstance, HTTPMethods } from 'fastify';
import { TocsinError } from '../../domain/errors.ts';

/**
 * Runs `register` and then gives each of its addresses the methods it lacks: they answer 405 with `Allow`, after the
 * scope's other guards and before any body is read.
 */
export function refuseOtherMethods(scope: FastifyInstance, register: () => void): void {
  const methodsByUrl = new Map<string, Set<HTTPMethods>>();
  let isCollecting = true;
  scope.addHook('onRoute', ({ url, method }) => {
    if (!isCollecting) return;
    const methods = methodsByUrl.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsByUrl.set(url, methods);
  });
  register();
  isCollecting = false;
  for (const [url, methods] of methodsByUrl) refuse(scope, url, methods);
}

function refuse(scope: FastifyInstance, url: string, methods: ReadonlySet<HTTPMethods>): void {
  const allow = [...methods].sort().join(', ');
  scope.route({
    url,
    method: scope.supportedMethods.filter((method) => !methods.has(method)),
    config: { isRefusal: true },
    onRequest: (_request, reply, done) => {
      reply.header('allow', allow);
      done(new TocsinError('method_not_allowed', { detail: `use ${allow}` }));
    },
    handler: () => {
      throw new TocsinError('method_not_allowed');
    },
  });
}
