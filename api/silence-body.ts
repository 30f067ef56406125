import { z } from 'zod';
import { parseDuration } from '../domain/duration.ts';
import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { formatMatcher } from '../domain/matcher/matcher.ts';
import type { SilenceRequest } from '../domain/silence/draft.ts';
import { type Silence, silenceStatusAt } from '../domain/silence/silence.ts';

const matcher = z.union([
  z.string().min(1).max(limits.maxMatcherLength).describe('In Alertmanager\'s syntax, such as `team="db"`.'),
  z
    .strictObject({
      name: z.string().min(1).max(limits.maxLabelNameBytes),
      value: z.string().max(limits.maxLabelValueBytes),
      isRegex: z.boolean().optional().describe('Default: false.'),
      isEqual: z.boolean().optional().describe('Default: true.'),
    })
    .describe('As Alertmanager and amtool write it.'),
]);

/** What the API takes for a silence; the domain checks what it means. */
export const silenceBody = z.strictObject({
  matchers: z.array(matcher).min(1).max(limits.maxLabels).describe('All of them must match.'),
  startsAt: z.string().max(40).optional().describe('RFC 3339. Absent: now.'),
  endsAt: z.string().max(40).optional().describe('RFC 3339. Either this or `for`.'),
  for: z
    .string()
    .max(16)
    .optional()
    .describe('How long from its start, such as `2h`. Either this or `endsAt`.'),
  by: z.string().max(limits.maxActorBytes).describe('Who asks for it.'),
  comment: z.string().max(limits.maxNoteBytes).describe('Why.'),
});

export type SilenceBody = z.infer<typeof silenceBody>;

/** Who ends a silence early stands in the query: a DELETE has no body that everybody passes on. */
export const expireQuery = z.strictObject({
  by: z.string().max(limits.maxActorBytes).default('api').describe('Who ends it.'),
});

export function silenceRequestOf(body: SilenceBody, nowMs: number): SilenceRequest {
  const { matchers, startsAt, by, comment } = body;
  return {
    matchers: matchers.map((given) => (typeof given === 'string' ? given : textOf(given))),
    ...(startsAt !== undefined && { startsAt }),
    endsAt: endOf(body, nowMs),
    by,
    comment,
  };
}

function textOf(matcher: Exclude<SilenceBody['matchers'][number], string>): string {
  const { name, value, isRegex = false, isEqual = true } = matcher;
  const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
  return formatMatcher({ name, operator, value });
}

function endOf({ startsAt, endsAt, for: span }: SilenceBody, nowMs: number): string {
  if ((endsAt === undefined) === (span === undefined)) {
    throw new TocsinError('invalid_command', { path: '/endsAt', detail: 'give either `endsAt` or `for`' });
  }
  if (endsAt !== undefined) return endsAt;
  const spanMs = parseDuration(span ?? '');
  const startMs = startsAt === undefined ? nowMs : Date.parse(startsAt);
  if (spanMs === undefined || Number.isNaN(startMs) || spanMs > limits.maxSilenceMs) {
    throw new TocsinError('invalid_command', {
      path: '/for',
      detail: 'must be a duration such as 30m or 2h',
    });
  }
  return new Date(startMs + spanMs).toISOString();
}

/** A silence as the API shows it. */
export function silenceView(silence: Silence, nowMs: number) {
  const { id, matchers, startsAt, endsAt, createdBy, comment } = silence;
  const status = silenceStatusAt(silence, nowMs);
  return { id, status, matchers: matchers.map(formatMatcher), startsAt, endsAt, createdBy, comment };
}
