import type { FastifyInstance, FastifyRequest, RouteShorthandOptions } from 'fastify';
import { readIncidentId } from '../incident-id.ts';
import type { IncidentQueries, IncidentQuery } from '../ports.ts';
import { type IncidentListFields, incidentListQuery, type VersionFields, versionQuery } from '../schemas.ts';
import { readIntegers, toAjvSchema } from '../validation.ts';

interface IncidentRoute {
  Params: { id: string };
  Querystring: VersionFields;
}

export function addIncidentRoutes(scope: FastifyInstance, queries: IncidentQueries): void {
  addList(scope, queries);
  const options: RouteShorthandOptions = {
    schema: { querystring: toAjvSchema(versionQuery) },
    preValidation: readIntegers('min_version'),
  };
  scope.get<IncidentRoute>('/v1/incidents/:id', options, async (request) =>
    queries.getIncident(toQuery(request)),
  );
  scope.get<IncidentRoute>('/v1/incidents/:id/timeline', options, async (request) =>
    queries.getTimeline(toQuery(request)),
  );
}

function toQuery({ tenant, params, query }: FastifyRequest<IncidentRoute>): IncidentQuery {
  const minVersion = query.min_version;
  return { tenant, id: readIncidentId(params.id), ...(minVersion !== undefined && { minVersion }) };
}

function addList(scope: FastifyInstance, queries: IncidentQueries): void {
  scope.get<{ Querystring: IncidentListFields }>(
    '/v1/incidents',
    {
      schema: { querystring: toAjvSchema(incidentListQuery) },
      preValidation: readIntegers('limit'),
    },
    async ({ tenant, query: { state, severity, q, cursor, limit } }) =>
      queries.listIncidents({
        tenant,
        limit,
        ...(state !== undefined && { state }),
        ...(severity !== undefined && { severity }),
        ...(q !== undefined && { q }),
        ...(cursor !== undefined && { cursor }),
      }),
  );
}
