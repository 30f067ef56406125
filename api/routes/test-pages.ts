import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { readCommandBodies } from '../command-bodies.ts';
import { readActor } from '../command-fields.ts';
import type { TestPages } from '../test-pages.ts';
import { toAjvSchema } from '../validation.ts';

const by = z.string().min(1).max(limits.maxActorBytes).describe('Who asks for it; the page says so.');

export const channelTestBody = z.strictObject({ by });

export const userTestBody = z.strictObject({
  by,
  urgency: z
    .enum(['high', 'low'])
    .default('high')
    .describe("Which of the user's rules names the contacts; none: all of them."),
});

interface ByName {
  readonly Params: { readonly name: string };
}

/** Test pages: they go out as pages do, belong to no incident, and say that they are tests. */
export function addTestPageRoutes(scope: FastifyInstance, pages: TestPages): void {
  readCommandBodies(scope);
  const config = { isCommand: true };
  scope.post<ByName>(
    '/v1/channels/:name/test',
    { schema: { body: toAjvSchema(channelTestBody) }, config },
    async (request, reply) => {
      // ajv has just checked it against this very schema
      const body = request.body as z.infer<typeof channelTestBody>;
      const item = await pages.channel(request.params.name, callerOf(request, body.by));
      return reply.code(202).send({ items: [item] });
    },
  );
  scope.post<ByName>(
    '/v1/users/:name/test',
    { schema: { body: toAjvSchema(userTestBody) }, config },
    async (request, reply) => {
      const body = request.body as z.infer<typeof userTestBody>;
      const items = await pages.user(request.params.name, body.urgency, callerOf(request, body.by));
      return reply.code(202).send({ items });
    },
  );
}

function callerOf({ tenant, traceparent }: FastifyRequest, by: string) {
  return { tenant, traceparent, by: readActor(by) };
}
