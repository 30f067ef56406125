import { z } from 'zod';
import { parseDuration } from '../domain/duration.ts';
import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { OverrideRequest } from '../domain/people/override.ts';
import { readInstant } from './command-fields.ts';

const instant = z.string().max(40);
const actor = z.string().max(limits.maxActorBytes).default('api');

export const onCallQuery = z.strictObject({
  at: instant.optional().describe('RFC 3339. Default: now.'),
  schedule: z.string().max(limits.maxNameBytes).optional().describe('Only this one. Default: all.'),
});

export const spanQuery = z.strictObject({
  from: instant.optional().describe('RFC 3339. Default: now.'),
  until: instant.optional().describe('RFC 3339, at most 367 days later. Default: 30 days later.'),
});

export const shiftsQuery = z.strictObject({
  ...spanQuery.shape,
  cursor: instant.optional().describe('`next_cursor` of the page before; goes before `from`.'),
  limit: z.int().min(1).max(limits.maxPageSize).default(50).describe('Items of one page.'),
});

export const overrideBody = z.strictObject({
  user: z.string().min(1).max(limits.maxNameBytes).describe('Who takes over.'),
  start: instant.default('now').describe('RFC 3339 or `now`.'),
  end: instant.optional().describe('RFC 3339. Either this or `for`.'),
  for: z.string().max(16).optional().describe('How long from its start, such as `8h`. Either this or `end`.'),
  by: actor.describe('Who asks for it.'),
});

export const endOverrideQuery = z.strictObject({ by: actor.describe('Who ends it.') });

export type OnCallQuery = z.infer<typeof onCallQuery>;
export type SpanQuery = z.infer<typeof spanQuery>;
export type ShiftsQuery = z.infer<typeof shiftsQuery>;
export type OverrideBody = z.infer<typeof overrideBody>;

const defaultSpanMs = 2_592_000_000;

/** Throws `invalid_request`. */
export function readAt({ at }: OnCallQuery, nowMs: number): number {
  return at === undefined ? nowMs : readQueryInstant(at, '/at');
}

/** Epoch milliseconds. Throws `invalid_request`. */
export function readSpan({ from, until }: SpanQuery, nowMs: number) {
  const fromMs = from === undefined ? nowMs : readQueryInstant(from, '/from');
  const untilMs = until === undefined ? fromMs + defaultSpanMs : readQueryInstant(until, '/until');
  if (untilMs <= fromMs) throw invalid('/until', 'must be later than from');
  if (untilMs - fromMs > limits.maxShiftSearchMs) throw invalid('/until', 'must be at most 367 days later');
  return { fromMs, untilMs };
}

/** The rest of a span, from where the page before ended. Throws `invalid_request`. */
export function readPage({ from, until, cursor }: ShiftsQuery, nowMs: number) {
  const span = readSpan(
    { ...(from !== undefined && { from }), ...(until !== undefined && { until }) },
    nowMs,
  );
  return cursor === undefined ? span : { ...span, fromMs: readQueryInstant(cursor, '/cursor') };
}

/** Throws `invalid_command`. */
export function overrideRequestOf(schedule: string, body: OverrideBody, nowMs: number): OverrideRequest {
  const { user, start, by } = body;
  return { schedule, user, start, end: readEnd(body, nowMs), by };
}

function readEnd({ start, end, for: span }: OverrideBody, nowMs: number): string {
  if ((end === undefined) === (span === undefined)) {
    throw new TocsinError('invalid_command', { path: '/end', detail: 'give either `end` or `for`' });
  }
  if (end !== undefined) return end;
  const spanMs = parseDuration(span ?? '');
  if (spanMs === undefined || spanMs > limits.maxOverrideMs) {
    throw new TocsinError('invalid_command', { path: '/for', detail: 'must be a duration such as 8h or 7d' });
  }
  const startMs = start === 'now' ? nowMs : readInstant(start, '/start');
  return new Date(startMs + spanMs).toISOString();
}

function readQueryInstant(text: string, path: string): number {
  try {
    return readInstant(text, path);
  } catch (cause) {
    throw invalid(path, 'must be an instant such as 2026-01-05T09:00:00Z', cause);
  }
}

function invalid(path: string, detail: string, cause?: unknown): TocsinError {
  return new TocsinError('invalid_request', { path, detail, cause });
}
