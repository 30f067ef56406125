import type { FastifyInstance } from 'fastify';
import type { AlertQueries } from '../ports.ts';
import { type AlertListFields, alertListQuery } from '../schemas.ts';
import { readIntegers, toAjvSchema } from '../validation.ts';

export function addAlertRoutes(scope: FastifyInstance, queries: AlertQueries): void {
  scope.get<{ Querystring: AlertListFields }>(
    '/v1/alerts',
    {
      schema: { querystring: toAjvSchema(alertListQuery) },
      preValidation: readIntegers('limit'),
    },
    async ({ tenant, query: { status, severity, q, cursor, limit } }) =>
      queries.listAlerts({
        tenant,
        limit,
        ...(status !== undefined && { status }),
        ...(severity !== undefined && { severity }),
        ...(q !== undefined && { q }),
        ...(cursor !== undefined && { cursor }),
      }),
  );
}
