import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TocsinConfig } from '../../config/config.ts';
import { TocsinError } from '../../domain/errors.ts';
import { findGaps, shiftsOf } from '../../domain/people/on-call.ts';
import type { Schedule } from '../../domain/people/people.ts';
import { inForce } from '../../domain/people/stored-override.ts';
import type { OverrideDesk } from '../../ingest/override-desk.ts';
import { calendarOf } from '../calendar.ts';
import { readCommandBodies } from '../command-bodies.ts';
import {
  endOverrideQuery,
  type OnCallQuery,
  type OverrideBody,
  onCallQuery,
  overrideBody,
  overrideRequestOf,
  readAt,
  readPage,
  readSpan,
  type ShiftsQuery,
  type SpanQuery,
  shiftsQuery,
  spanQuery,
} from '../schedule-body.ts';
import { gapView, onCallView, overrideView, scheduleView, shiftView } from '../schedule-view.ts';
import { readIntegers, toAjvSchema } from '../validation.ts';

export interface ScheduleRouteOptions {
  /** The schedules of the configuration in force. */
  readonly schedules: () => TocsinConfig['schedules'];
  readonly overrides: OverrideDesk;
  readonly now: () => number;
}

interface ByName {
  readonly Params: { readonly name: string };
}

/** What a calendar shows: what was, for a month, and what comes, for three. */
const calendarPastMs = 31 * 86_400_000;
const calendarAheadMs = 92 * 86_400_000;
/** Of a rotation by the hour; what comes is not to be missing because of what was. */
const maxCalendarShifts = 3_000;

/** Who is on call, and overrides. Like the configuration, schedules belong to all tenants. */
export function addScheduleRoutes(scope: FastifyInstance, options: ScheduleRouteOptions): void {
  readCommandBodies(scope);
  addOnCallRoute(scope, options);
  addShiftRoutes(scope, options);
  addOverrideRoutes(scope, options);
}

function addOnCallRoute(scope: FastifyInstance, { schedules, overrides, now }: ScheduleRouteOptions): void {
  scope.get<{ readonly Querystring: OnCallQuery }>(
    '/v1/oncall',
    { schema: { querystring: toAjvSchema(onCallQuery) }, preValidation: readIntegers() },
    async ({ query }) => {
      const atMs = readAt(query, now());
      const wanted =
        query.schedule === undefined ? [...schedules().values()] : [find(schedules(), query.schedule)];
      const people = { overrides: inForce(await overrides.list(atMs)), atMs };
      return { items: wanted.map((schedule) => onCallView(schedule, people)), next_cursor: null };
    },
  );
}

function addShiftRoutes(scope: FastifyInstance, { schedules, overrides, now }: ScheduleRouteOptions): void {
  scope.get('/v1/schedules', async () => ({
    items: [...schedules().values()].map(scheduleView),
    next_cursor: null,
  }));
  scope.get<ByName>('/v1/schedules/:name', async ({ params }) =>
    scheduleView(find(schedules(), params.name)),
  );
  scope.get<ByName & { readonly Querystring: ShiftsQuery }>(
    '/v1/schedules/:name/shifts',
    { schema: { querystring: toAjvSchema(shiftsQuery) }, preValidation: readIntegers('limit') },
    async ({ params, query }) => {
      const schedule = find(schedules(), params.name);
      const span = readPage(query, now());
      const known = inForce(await overrides.list(span.fromMs));
      const shifts = shiftsOf(schedule, known, { ...span, limit: query.limit + 1 });
      const next = shifts[query.limit];
      return {
        items: shifts.slice(0, query.limit).map(shiftView),
        next_cursor: next === undefined ? null : new Date(next.fromMs).toISOString(),
      };
    },
  );
  scope.get<ByName & { readonly Querystring: SpanQuery }>(
    '/v1/schedules/:name/gaps',
    { schema: { querystring: toAjvSchema(spanQuery) }, preValidation: readIntegers() },
    async ({ params, query }) => {
      const schedule = find(schedules(), params.name);
      const span = readSpan(query, now());
      const gaps = findGaps(schedule, inForce(await overrides.list(span.fromMs)), span);
      return { items: gaps.map(gapView), next_cursor: null };
    },
  );
  scope.get<ByName>('/v1/schedules/:name.ics', async ({ params }, reply) => {
    const schedule = find(schedules(), params.name);
    const nowMs = now();
    const span = { fromMs: nowMs - calendarPastMs, untilMs: nowMs + calendarAheadMs };
    const known = inForce(await overrides.list(span.fromMs));
    const shifts = shiftsOf(schedule, known, { ...span, limit: maxCalendarShifts });
    const { name } = schedule;
    return reply
      .type('text/calendar; charset=utf-8')
      .header('content-disposition', `inline; filename="${name}.ics"`)
      .send(calendarOf({ name, shifts, untilMs: span.untilMs, nowMs }));
  });
}

function addOverrideRoutes(
  scope: FastifyInstance,
  { schedules, overrides, now }: ScheduleRouteOptions,
): void {
  scope.get<ByName>('/v1/schedules/:name/overrides', async ({ params }) => {
    const { name } = find(schedules(), params.name);
    const own = (await overrides.list(now())).filter(({ schedule }) => schedule === name);
    const items = own.toSorted((a, b) => (a.startsAt < b.startsAt ? -1 : 1));
    return { items: items.map((override) => overrideView(override, now())), next_cursor: null };
  });
  scope.post<ByName>(
    '/v1/schedules/:name/overrides',
    { schema: { body: toAjvSchema(overrideBody) }, config: { isCommand: true } },
    async (request, reply) => {
      // ajv has checked the body against this very schema
      const asked = overrideRequestOf(request.params.name, request.body as OverrideBody, now());
      const override = await overrides.create(asked, metadataOf(request));
      return reply.code(201).send(overrideView(override, now()));
    },
  );
  scope.delete<{ readonly Params: { readonly id: string }; readonly Querystring: { readonly by: string } }>(
    '/v1/overrides/:id',
    { schema: { querystring: toAjvSchema(endOverrideQuery) }, config: { isCommand: true } },
    async (request) => {
      const id = readOverrideId(request.params.id);
      return overrideView(await overrides.end(id, request.query.by, metadataOf(request)), now());
    },
  );
}

function find(schedules: TocsinConfig['schedules'], name: string): Schedule {
  const schedule = schedules.get(name);
  if (schedule === undefined) throw new TocsinError('schedule_not_found');
  return schedule;
}

function metadataOf({ id: requestId, traceparent }: FastifyRequest) {
  return { via: 'api', requestId, traceparent };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What cannot be an id is an override that does not exist. */
function readOverrideId(text: string): string {
  const id = text.toLowerCase();
  if (!uuid.test(id)) throw new TocsinError('override_not_found');
  return id;
}
