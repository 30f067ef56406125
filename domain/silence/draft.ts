import { utf8ToBytes } from '@noble/hashes/utils.js';
import { TocsinError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Matcher, MatcherParts } from '../matcher/matcher.ts';
import { parseMatcher } from '../matcher/parse-matcher.ts';

/** A silence as somebody asks for it, as text. */
export interface SilenceRequest {
  /** Such as `team="db"`, in Alertmanager's syntax. */
  readonly matchers: readonly string[];
  /** RFC 3339. Absent: now, or for an edit the start that it has. */
  readonly startsAt?: string;
  /** RFC 3339. */
  readonly endsAt: string;
  readonly by: string;
  readonly comment: string;
}

/** The same, checked. Instants are milliseconds since 1970. */
export interface SilenceDraft {
  readonly matchers: readonly MatcherParts[];
  readonly startsAtMs: number | undefined;
  readonly endsAtMs: number;
  readonly by: string;
  readonly comment: string;
}

/** RFC 3339, section 5.6, with a zone: an instant without one means something else on every machine. */
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i;

/** C0, DEL and C1: a name that moves a terminal's cursor is no name. */
const controlCharacter = /\p{Cc}/u;

/**
 * Checks what somebody asks for. Throws `invalid_command` with the path of what is wrong: matchers that do not parse
 * or that all match the empty string (as Alertmanager demands, since such a silence would hold for every alert), an
 * end in the past, before the start or further ahead than `limits.maxSilenceMs`, a blank author or comment.
 */
export function readSilenceDraft(request: SilenceRequest, nowMs: number): SilenceDraft {
  const startsAtMs = request.startsAt === undefined ? undefined : readInstant(request.startsAt, '/startsAt');
  const endsAtMs = readInstant(request.endsAt, '/endsAt');
  if (endsAtMs <= nowMs) throw invalid('/endsAt', 'must lie in the future');
  if (endsAtMs > nowMs + limits.maxSilenceMs) throw invalid('/endsAt', 'must be at most 366 days ahead');
  if (startsAtMs !== undefined && endsAtMs <= startsAtMs) throw invalid('/endsAt', 'must be after the start');
  return {
    matchers: readMatchers(request.matchers),
    startsAtMs,
    endsAtMs,
    by: readAuthor(request.by),
    comment: readComment(request.comment),
  };
}

/** Who does it: at most `limits.maxActorBytes`, without control characters. Throws `invalid_command`. */
export function readAuthor(by: string): string {
  const author = by.trim().toWellFormed();
  if (author === '') throw invalid('/by', 'must not be blank');
  if (controlCharacter.test(author)) throw invalid('/by', 'must not contain control characters');
  return bounded(author, limits.maxActorBytes, '/by');
}

/** PostgreSQL stores neither NUL nor half a surrogate pair; the comment is kept without them. */
function readComment(text: string): string {
  const comment = text.trim().toWellFormed().replaceAll('\0', '\ufffd');
  if (comment === '') throw invalid('/comment', 'must not be blank');
  return bounded(comment, limits.maxNoteBytes, '/comment');
}

/** RFC 3339 as milliseconds since 1970. Throws `invalid_command` under this path. */
export function readInstant(text: string, path: string): number {
  const epochMs = instant.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(epochMs)) throw invalid(path, 'must be an instant such as 2026-01-05T09:00:00Z');
  return epochMs;
}

function readMatchers(texts: readonly string[]): readonly MatcherParts[] {
  if (texts.length === 0) throw invalid('/matchers', 'must name at least one matcher');
  if (texts.length > limits.maxLabels)
    throw invalid('/matchers', `must name at most ${limits.maxLabels} matchers`);
  const matchers = texts.map((text, index) => readMatcher(text, `/matchers/${index}`));
  if (matchers.every((matcher) => matcher.matchesValue(''))) {
    throw invalid('/matchers', 'at least one matcher must not match the empty string');
  }
  return matchers.map(({ name, operator, value }) => ({ name, operator, value }));
}

function readMatcher(text: string, path: string): Matcher {
  // NUL and half a surrogate pair cannot be stored, and no alert has them either: they are replaced on arrival
  if (!text.isWellFormed() || text.includes('\0'))
    throw invalid(path, 'must be well-formed text without NUL');
  try {
    return parseMatcher(text);
  } catch (cause) {
    const detail = cause instanceof TocsinError ? cause.message : 'is not a matcher';
    throw new TocsinError('invalid_command', { path, detail, cause });
  }
}

function bounded(text: string, maxBytes: number, path: string): string {
  if (utf8ToBytes(text).length > maxBytes) throw invalid(path, `must have at most ${maxBytes} bytes`);
  return text;
}

function invalid(path: string, detail: string): TocsinError {
  return new TocsinError('invalid_command', { path, detail });
}
