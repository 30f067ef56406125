import { parseDuration } from '../domain/duration.ts';
import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { PolicyTarget } from '../domain/policy/policy.ts';
import type { TargetFinder } from './ports.ts';
import type { CommandBody } from './schemas.ts';

/** What JSON schema cannot say about a command's fields. Each throws `invalid_command` with the field's path. */

/** C0, DEL and C1: a name that moves a terminal's cursor is no name. */
const controlCharacter = /\p{Cc}/u;

export function readActor(by: string): string {
  const name = by.trim().toWellFormed();
  if (name === '') throw invalid('/by', 'must not be blank');
  if (controlCharacter.test(name)) throw invalid('/by', 'must not contain control characters');
  assertBytes(name, limits.maxActorBytes, '/by');
  return name;
}

/** PostgreSQL stores neither NUL nor half a surrogate pair; the note is kept without them. */
export function readNote(text: string): string {
  const note = text.trim().toWellFormed().replaceAll('\0', '\ufffd');
  if (note === '') throw invalid('/text', 'must not be blank');
  assertBytes(note, limits.maxNoteBytes, '/text');
  return note;
}

/** As a note, but short. */
export function readReason(text: string): string {
  const reason = text.trim().toWellFormed().replaceAll('\0', '\ufffd');
  if (reason === '') throw invalid('/reason', 'must not be blank');
  assertBytes(reason, limits.maxReasonBytes, '/reason');
  return reason;
}

/** RFC 3339, section 5.6, with a zone: an instant without one means something else on every machine. */
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i;

/** Milliseconds since 1970. */
export function readInstant(text: string, path: string): number {
  const epochMs = instant.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(epochMs)) throw invalid(path, 'must be an instant such as 2026-01-05T09:00:00Z');
  return epochMs;
}

/** The end of a snooze as ISO 8601 in UTC. */
export function readSnoozeEnd(body: CommandBody<'snooze'>, nowMs: number): string {
  if (body.for !== undefined && body.until !== undefined) {
    throw invalid('/until', 'give either for or until, not both');
  }
  if (body.for !== undefined) return endAfter(body.for, nowMs);
  if (body.until !== undefined) return endAt(body.until, nowMs);
  throw invalid('/for', 'give for, such as 30m, or until');
}

function endAfter(text: string, nowMs: number): string {
  const durationMs = parseDuration(text);
  if (durationMs === undefined) throw invalid('/for', 'must be a duration such as 30s, 5m, 4h or 7d');
  if (durationMs === 0) throw invalid('/for', 'must be longer than nothing');
  if (durationMs > limits.maxSnoozeMs) throw invalid('/for', 'must be at most seven days');
  return new Date(nowMs + durationMs).toISOString();
}

function endAt(text: string, nowMs: number): string {
  const endMs = readInstant(text, '/until');
  if (endMs <= nowMs) throw invalid('/until', 'must lie in the future');
  if (endMs > nowMs + limits.maxSnoozeMs) throw invalid('/until', 'must be at most seven days ahead');
  return new Date(endMs).toISOString();
}

/** Looks up `channel:NAME`, `user:NAME` and `schedule:NAME`; one that is named twice is meant once. */
export function readTargets(to: readonly string[], findTarget: TargetFinder): PolicyTarget[] {
  const targets = new Map<string, PolicyTarget>();
  for (const [index, name] of to.entries()) {
    const target = findTarget(name);
    if (target === undefined) {
      throw invalid(
        `/to/${index}`,
        'must be a channel:NAME, user:NAME or schedule:NAME of the configuration',
      );
    }
    targets.set(name, target);
  }
  return [...targets.values()];
}

function assertBytes(text: string, maxBytes: number, path: string): void {
  if (Buffer.byteLength(text) > maxBytes) throw invalid(path, `must have at most ${maxBytes} bytes`);
}

function invalid(path: string, detail: string): TocsinError {
  return new TocsinError('invalid_command', { path, detail });
}
