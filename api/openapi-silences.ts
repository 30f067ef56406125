import type { z } from 'zod';
import { expireQuery, silenceBody } from './silence-body.ts';

type Json = Record<string, unknown>;

export interface SilencePathOptions {
  readonly problem: Json;
  toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json;
}

/** Silences, as `api/routes/silences.ts` serves them. */
export function silencePaths({ problem, toJsonSchema }: SilencePathOptions): Json {
  const content = (name: string) => ({
    'application/json': { schema: { $ref: `#/components/schemas/${name}` } },
  });
  const answers = (name: string, status = 200) => ({
    [status]: { description: 'OK', content: content(name) },
    default: problem,
  });
  const requestBody = {
    required: true,
    content: { 'application/json': { schema: toJsonSchema(silenceBody, 'input') } },
  };
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
  const by = {
    name: 'by',
    in: 'query',
    required: false,
    schema: toJsonSchema(expireQuery.shape.by, 'input'),
  };
  return {
    '/v1/silences': {
      get: {
        operationId: 'listSilences',
        summary: 'Pending and active silences.',
        responses: answers('Page'),
      },
      post: {
        operationId: 'createSilence',
        summary: 'Keeps matching alerts quiet for a while.',
        requestBody,
        responses: answers('Silence', 201),
      },
    },
    '/v1/silences/{id}': {
      parameters: [id],
      get: {
        operationId: 'getSilence',
        summary: 'One silence, also when it is over.',
        responses: answers('Silence'),
      },
      put: {
        operationId: 'editSilence',
        summary: 'Changes it; what would rewrite the past ends it and makes a new one, with another id.',
        requestBody,
        responses: answers('Silence'),
      },
      delete: {
        operationId: 'expireSilence',
        summary: 'Ends it now.',
        parameters: [by],
        responses: answers('Silence'),
      },
    },
  };
}
