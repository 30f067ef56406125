import { TocsinError } from '../errors.ts';
import type { OverrideEvent } from '../events/override-events.ts';
import { limits } from '../limits.ts';
import { readAuthor, readInstant } from '../silence/draft.ts';
import type { StoredOverride } from './stored-override.ts';

/** An override as somebody asks for it, as text. */
export interface OverrideRequest {
  readonly schedule: string;
  readonly user: string;
  /** RFC 3339 or `now`; what lies in the past is now. */
  readonly start: string;
  /** RFC 3339. */
  readonly end: string;
  readonly by: string;
}

export interface OverrideContext {
  readonly nowMs: number;
  /** A random UUID. */
  readonly newId: string;
  /** Overrides that have not ended. */
  readonly openOverrides: number;
}

export interface OverrideDecision {
  readonly override: StoredOverride;
  /** Absent when all is as asked for already. */
  readonly event?: OverrideEvent;
}

/**
 * Makes an override; who is asked for is checked by the caller. Throws `too_many_overrides`, and `invalid_command` for an
 * end in the past, before the start or more than `limits.maxOverrideMs` after it.
 */
export function createOverride(request: OverrideRequest, context: OverrideContext): OverrideDecision {
  const { nowMs, newId: id, openOverrides } = context;
  const { schedule, user } = request;
  const by = readAuthor(request.by);
  const startMs = request.start === 'now' ? nowMs : Math.max(readInstant(request.start, '/start'), nowMs);
  const endMs = readInstant(request.end, '/end');
  if (endMs <= startMs) throw invalid('/end', 'must lie in the future and after the start');
  if (startMs > nowMs + limits.maxOverrideMs) throw invalid('/start', 'must be at most 366 days ahead');
  if (endMs > startMs + limits.maxOverrideMs)
    throw invalid('/end', 'must be at most 366 days after the start');
  if (openOverrides >= limits.maxOverrides) throw new TocsinError('too_many_overrides');
  const at = isoOf(nowMs);
  const [startsAt, endsAt] = [isoOf(startMs), isoOf(endMs)];
  const override = { id, schedule, user, startsAt, endsAt, createdAt: at, createdBy: by };
  return { override, event: { type: 'OverrideCreated', data: { at, by, override } } };
}

/** Ends an override now, or before it begins. Ending one twice is no error. Throws `invalid_command` for a blank name. */
export function endOverride(current: StoredOverride, givenBy: string, nowMs: number): OverrideDecision {
  const by = readAuthor(givenBy);
  if (nowMs >= Date.parse(current.endsAt)) return { override: current };
  const at = isoOf(nowMs);
  const isPending = nowMs < Date.parse(current.startsAt);
  const override = { ...current, endsAt: at, ...(isPending && { startsAt: at }) };
  return { override, event: { type: 'OverrideEnded', data: { at, by, override } } };
}

function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

function invalid(path: string, detail: string): TocsinError {
  return new TocsinError('invalid_command', { path, detail });
}
