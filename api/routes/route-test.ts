import type { FastifyInstance } from 'fastify';
import { limits } from '../../domain/limits.ts';
import { readCommandBodies } from '../command-bodies.ts';
import type { RouteExplainer } from '../ports.ts';
import { type RouteTestBody, routeTestBody, routeTestRequestOf } from '../route-test-body.ts';
import { toAjvSchema } from '../validation.ts';

/** In a scope of its own: its bodies may be as large as those of sources. */
export function addRouteTestRoute(scope: FastifyInstance, explainer: RouteExplainer): void {
  readCommandBodies(scope, limits.maxBodyBytes);
  scope.post(
    '/v1/routes/test',
    { schema: { body: toAjvSchema(routeTestBody) }, bodyLimit: limits.maxBodyBytes },
    // ajv has just checked it against this very schema
    async ({ tenant, body }) => explainer.explain(routeTestRequestOf(body as RouteTestBody, tenant)),
  );
}
