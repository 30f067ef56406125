import { z } from 'zod';
import { errorDefinitions } from '../domain/errors.ts';
import { deliveryPaths } from './openapi-deliveries.ts';
import { parkedPaths } from './openapi-parked.ts';
import { policyPaths } from './openapi-policies.ts';
import { schedulePaths } from './openapi-schedules.ts';
import { silencePaths } from './openapi-silences.ts';
import { sourcePaths } from './openapi-sources.ts';
import { routeTestBody } from './route-test-body.ts';
import {
  alertListQuery,
  answerSchemas,
  type CommandName,
  commandSchemas,
  incidentListQuery,
  versionQuery,
} from './schemas.ts';

type Json = Record<string, unknown>;
type AnswerName = keyof typeof answerSchemas;

const commandSummaries: Readonly<Record<CommandName, string>> = {
  acknowledge: 'Somebody takes care of it: nobody else is paged.',
  resolve: 'It is over, even if its alerts still fire.',
  escalate: 'Begins the next step now.',
  snooze: 'Nobody is paged for a while.',
  reassign: 'Pages somebody else instead.',
  note: 'Writes a remark into the timeline.',
};

/** OpenAPI 3.1, whose schemas are JSON schema 2020-12, made from what the routes validate with. */
export function createOpenApiDocument(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'tocsin',
      version: '1',
      description: 'Durable alert escalation. Errors are problem+json with a stable `code`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths: {
      ...openPaths(),
      ...sourcePaths(problem()),
      ...queryPaths(),
      ...commandPaths(),
      ...configPaths(),
      ...routeTestPaths(),
      ...policyPaths({ problem: problem(), toJsonSchema }),
      ...parkedPaths({ problem: problem(), toJsonSchema, query }),
      ...silencePaths({ problem: problem(), toJsonSchema }),
      ...schedulePaths({ problem: problem(), toJsonSchema }),
      ...deliveryPaths({ problem: problem(), toJsonSchema, query }),
    },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        sourceBearer: { type: 'http', scheme: 'bearer', description: "A source's key." },
        sourceBasic: { type: 'http', scheme: 'basic', description: "Any user; a source's key as password." },
      },
      schemas: mapValues(answerSchemas, (schema) => toJsonSchema(schema, 'output')),
      responses: {
        Problem: { description: 'What is wrong.', content: problemContent() },
      },
    },
  };
}

function openPaths(): Json {
  const text = { 'text/plain': { schema: { type: 'string' } } };
  const notReady = { description: 'not ready for work', content: jsonContent('Readiness') };
  return {
    '/healthz': { get: open('healthz', 'Whether the process answers.', answers('Alive')) },
    '/readyz': {
      get: open('readyz', 'Whether to send it work.', { ...answers('Readiness'), 503: notReady }),
    },
    '/metrics': {
      get: open('metrics', "Prometheus' text format.", { 200: { description: 'OK', content: text } }),
    },
    '/openapi.json': {
      get: {
        operationId: 'openapi',
        summary: 'This document.',
        responses: {
          200: { description: 'OK', content: { 'application/json': { schema: { type: 'object' } } } },
          default: problem(),
        },
      },
    },
  };
}

function queryPaths(): Json {
  return {
    '/v1/incidents': { get: query('listIncidents', 'Incidents, newest first.', 'Page', incidentListQuery) },
    '/v1/incidents/{id}': {
      parameters: [pathParameter('id')],
      get: query('getIncident', 'One incident.', 'Incident', versionQuery),
    },
    '/v1/incidents/{id}/timeline': {
      parameters: [pathParameter('id')],
      get: query('getTimeline', 'What happened, why, and when.', 'Page', versionQuery),
    },
    '/v1/alerts': { get: query('listAlerts', 'Alerts, newest first.', 'Page', alertListQuery) },
  };
}

function commandPaths(): Json {
  const names = Object.keys(commandSchemas) as CommandName[];
  return Object.fromEntries(
    names.map((name) => [
      `/v1/incidents/{id}/${name}`,
      {
        parameters: [pathParameter('id')],
        post: {
          operationId: `${name}Incident`,
          summary: commandSummaries[name],
          requestBody: {
            required: true,
            content: { 'application/json': { schema: toJsonSchema(commandSchemas[name], 'input') } },
          },
          responses: { ...answers('CommandResult'), default: problem() },
        },
      },
    ]),
  );
}

function routeTestPaths(): Json {
  return {
    '/v1/routes/test': {
      post: {
        operationId: 'testRoutes',
        summary:
          'What would become of an alert: its routes, group, quieting and policy. Sends and writes nothing.',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: toJsonSchema(routeTestBody, 'input') } },
        },
        responses: { ...answers('RouteTest'), default: problem() },
      },
    },
  };
}

function configPaths(): Json {
  return {
    '/v1/config': {
      get: {
        operationId: 'getConfig',
        summary: 'The configuration in force.',
        responses: { ...answers('Config'), default: problem() },
      },
    },
    '/v1/config/reload': {
      post: {
        operationId: 'reloadConfig',
        summary: 'Reads the configuration anew; what is not valid changes nothing.',
        responses: { ...answers('ConfigReloaded'), default: problem() },
      },
    },
  };
}

function open(operationId: string, summary: string, responses: Json): Json {
  return { operationId, summary, security: [], responses };
}

function query(operationId: string, summary: string, name: AnswerName, schema: z.ZodType): Json {
  const { properties = {} } = toJsonSchema(schema, 'input') as { properties?: Record<string, Json> };
  const parameters = Object.entries(properties).map(([field, property]) => {
    const { description, ...rest } = property;
    return {
      name: field,
      in: 'query',
      required: false,
      ...(description ? { description } : {}),
      schema: rest,
    };
  });
  return { operationId, summary, parameters, responses: { ...answers(name), default: problem() } };
}

function pathParameter(name: string): Json {
  return { name, in: 'path', required: true, schema: { type: 'string' } };
}

function answers(name: AnswerName): Json {
  return { 200: answer(name) };
}

function answer(name: AnswerName): Json {
  return { description: 'OK', content: jsonContent(name) };
}

function problem(): Json {
  return { $ref: '#/components/responses/Problem' };
}

function jsonContent(name: AnswerName): Json {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
}

function problemContent(): Json {
  const example = { code: 'incident_not_found', status: errorDefinitions.incident_not_found.status };
  return {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example },
  };
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
  return rest;
}

function mapValues<T>(object: Record<string, T>, map: (value: T) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));
}
