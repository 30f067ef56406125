import type { z } from 'zod';
import { simulateBody } from './policy-body.ts';

type Json = Record<string, unknown>;

export interface PolicyPathOptions {
  readonly problem: Json;
  toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json;
}

/** Policies, as `api/routes/policies.ts` serves them. */
export function policyPaths({ problem, toJsonSchema }: PolicyPathOptions): Json {
  const answers = (name: string) => ({
    200: {
      description: 'OK',
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
    },
    default: problem,
  });
  const name = { name: 'name', in: 'path', required: true, schema: { type: 'string' } };
  return {
    '/v1/policies': {
      get: {
        operationId: 'listPolicies',
        summary: 'The policies of the configuration in force.',
        responses: answers('Page'),
      },
    },
    '/v1/policies/{name}': {
      parameters: [name],
      get: {
        operationId: 'getPolicy',
        summary: 'One policy, its branches in a row.',
        responses: answers('Policy'),
      },
    },
    '/v1/policies/{name}/simulate': {
      parameters: [name],
      post: {
        operationId: 'simulatePolicy',
        summary: 'Who would be paged when if nobody answered. Sends and writes nothing.',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: toJsonSchema(simulateBody, 'input') } },
        },
        responses: answers('Simulation'),
      },
    },
  };
}
