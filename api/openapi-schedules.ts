import type { z } from 'zod';
import { endOverrideQuery, onCallQuery, overrideBody, shiftsQuery, spanQuery } from './schedule-body.ts';

type Json = Record<string, unknown>;

export interface SchedulePathOptions {
  readonly problem: Json;
  toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json;
}

/** Schedules and who is on call, as `api/routes/schedules.ts` serves them. */
export function schedulePaths({ problem, toJsonSchema }: SchedulePathOptions): Json {
  const answers = (name: string, status = 200) => ({
    [status]: {
      description: 'OK',
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
    },
    default: problem,
  });
  const inPath = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } });
  const inQuery = (shape: Readonly<Record<string, z.ZodType>>) =>
    Object.entries(shape).map(([name, schema]) => ({
      name,
      in: 'query',
      required: false,
      schema: toJsonSchema(schema, 'input'),
    }));
  const read = (operationId: string, summary: string, answer: string, query?: z.ZodObject) => ({
    get: {
      operationId,
      summary,
      ...(query !== undefined && { parameters: inQuery(query.shape) }),
      responses: answers(answer),
    },
  });
  const name = { parameters: [inPath('name')] };
  return {
    '/v1/oncall': read('whoIsOnCall', 'Who is on call, by schedule.', 'Page', onCallQuery),
    '/v1/schedules': read('listSchedules', 'The schedules of the configuration in force.', 'Page'),
    '/v1/schedules/{name}': { ...name, ...read('getSchedule', 'One schedule.', 'Schedule') },
    '/v1/schedules/{name}/shifts': {
      ...name,
      ...read('listShifts', 'Who is on call from when to when.', 'Page', shiftsQuery),
    },
    '/v1/schedules/{name}/gaps': {
      ...name,
      ...read('listGaps', 'When nobody is on call.', 'Page', spanQuery),
    },
    '/v1/schedules/{name}.ics': {
      ...name,
      get: {
        operationId: 'getCalendar',
        summary: 'Its shifts as a calendar (RFC 5545).',
        responses: {
          200: { description: 'OK', content: { 'text/calendar': { schema: { type: 'string' } } } },
          default: problem,
        },
      },
    },
    '/v1/schedules/{name}/overrides': {
      ...name,
      ...read('listOverrides', 'Overrides that hold or will hold.', 'Page'),
      post: {
        operationId: 'createOverride',
        summary: 'Puts somebody on call for a while, whatever the layers say.',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: toJsonSchema(overrideBody, 'input') } },
        },
        responses: answers('Override', 201),
      },
    },
    '/v1/overrides/{id}': {
      parameters: [inPath('id')],
      delete: {
        operationId: 'endOverride',
        summary: 'Ends it now.',
        parameters: inQuery(endOverrideQuery.shape),
        responses: answers('Override'),
      },
    },
  };
}
