import type { z } from 'zod';
import { parkedListQuery, retryBody } from './routes/parked-events.ts';

type Json = Record<string, unknown>;

export interface ParkedPathOptions {
  readonly problem: Json;
  toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json;
  query(operationId: string, summary: string, name: 'Page', schema: z.ZodType): Json;
}

/** Parked events, as `api/routes/parked-events.ts` serves them. */
export function parkedPaths({ problem, toJsonSchema, query }: ParkedPathOptions): Json {
  const schema = { $ref: '#/components/schemas/Retried' };
  return {
    '/v1/events/parked': {
      get: query(
        'listParkedEvents',
        'Events that could not be used, with the reason.',
        'Page',
        parkedListQuery,
      ),
    },
    '/v1/events/retry': {
      post: {
        operationId: 'retryParkedEvents',
        summary: 'Tries parked events again; those that can be used now go on where they were.',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: toJsonSchema(retryBody, 'input') } },
        },
        responses: {
          200: { description: 'OK', content: { 'application/json': { schema } } },
          default: problem,
        },
      },
    },
  };
}
