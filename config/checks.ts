import { formatDuration, parseDuration } from '../domain/duration.ts';
import { errorCodeOf } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { Findings } from './findings.ts';
import type { Places } from './places.ts';
import type { Path } from './problem.ts';

/** What a check needs to tell what it finds. */
export interface Checks {
  readonly places: Places;
  readonly findings: Findings;
}

export interface DurationBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

const second = 1_000;
const day = 86_400_000;

/** What the durations of a configuration may be. */
export const durationBounds = {
  /** A window that alerts or changes are counted in. */
  window: { minMs: second, maxMs: day },
  groupWait: { minMs: 0, maxMs: limits.maxGroupWaitMs },
  flapHold: { minMs: second, maxMs: 7 * day },
  heartbeat: { minMs: limits.minHeartbeatMs, maxMs: limits.maxWaitMs },
  resolveTimeout: { minMs: second, maxMs: limits.maxWaitMs },
  /** From a user's page to a contact of theirs. */
  contactAfter: { minMs: 0, maxMs: limits.maxWaitMs },
  /** What a policy says of acknowledged and resolved incidents; shorter reminders would be a storm. */
  policyTime: { minMs: 100, maxMs: limits.maxWaitMs },
  openFor: { minMs: 100, maxMs: limits.maxWaitMs },
  /** Ten years, which is for ever to a log. */
  archiveAfter: { minMs: limits.minArchiveAfterMs, maxMs: 3_650 * day },
} as const satisfies Record<string, DurationBounds>;

/** The duration in milliseconds; one that is out of bounds is told. The schema has seen that it is one at all. */
export function readDuration(
  text: string,
  path: Path,
  { findings, minMs, maxMs }: DurationBounds & Pick<Checks, 'findings'>,
): number {
  const ms = parseDuration(text) ?? 0;
  if (ms < minMs || ms > maxMs) {
    findings.error(path, `must be from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`);
  }
  return ms;
}

/**
 * What a parser of our own language makes of a text; a refusal is told with its reason. The reason may quote a part of
 * the text, which is nobody's business when the environment filled it in.
 */
export function readWith<T>(
  parse: (text: string) => T,
  { text, path, what, checks }: { text: string; path: Path; what: string; checks: Checks },
): T | undefined {
  try {
    return parse(text);
  } catch (error) {
    if (errorCodeOf(error) !== 'invalid_config') throw error;
    const isShown = error instanceof Error && !checks.places.isSubstituted(path);
    checks.findings.error(path, `is not ${what}${isShown ? `: ${error.message}` : ''}`);
    return undefined;
  }
}

/** Each value may stand in a list once. */
export function checkTwice(
  values: readonly string[],
  path: Path,
  { findings }: Pick<Checks, 'findings'>,
): void {
  const seen = new Set<string>();
  for (const [index, value] of values.entries()) {
    if (seen.has(value)) findings.error([...path, index], 'is listed twice');
    seen.add(value);
  }
}
