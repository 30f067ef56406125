import type { FastifyInstance } from 'fastify';
import type { PolicyDesk } from '../../config/policy-desk.ts';
import { limits } from '../../domain/limits.ts';
import { readCommandBodies } from '../command-bodies.ts';
import { type SimulateBody, simulateBody, simulationRequestOf } from '../policy-body.ts';
import { toAjvSchema } from '../validation.ts';

interface ByName {
  readonly Params: { readonly name: string };
}

/** The policies of the configuration in force, and what they would do. Nothing is sent or written. */
export function addPolicyRoutes(scope: FastifyInstance, policies: PolicyDesk): void {
  readCommandBodies(scope, limits.maxCommandBytes);
  scope.get('/v1/policies', async () => ({ items: policies.list(), next_cursor: null }));
  scope.get<ByName>('/v1/policies/:name', async ({ params }) => policies.get(params.name));
  scope.post<ByName>(
    '/v1/policies/:name/simulate',
    { schema: { body: toAjvSchema(simulateBody) } },
    // ajv has just checked it against this very schema
    async ({ params, tenant, body }) =>
      policies.simulate(params.name, simulationRequestOf(body as SimulateBody, tenant)),
  );
}
