import type { FastifyInstance } from 'fastify';
import { createOpenApiDocument } from '../openapi-document.ts';

export function addOpenApiRoute(scope: FastifyInstance): void {
  const document = JSON.stringify(createOpenApiDocument());
  scope.get('/openapi.json', async (_request, reply) =>
    reply.header('content-type', 'application/json; charset=utf-8').send(document),
  );
}
