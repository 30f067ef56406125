import { TocsinError } from '../errors.ts';
import type { SilenceEvent } from '../events/silence-events.ts';
import { limits } from '../limits.ts';
import type { MatcherParts } from '../matcher/matcher.ts';
import { unreachable } from '../never.ts';
import type { SilenceDraft } from './draft.ts';
import { type Silence, type SilenceState, silenceStatusAt } from './silence.ts';

export type SilenceCommand =
  | { readonly kind: 'create'; readonly draft: SilenceDraft }
  | { readonly kind: 'edit'; readonly draft: SilenceDraft }
  /** `by`: checked with `readAuthor`. */
  | { readonly kind: 'expire'; readonly by: string };

export interface SilenceContext {
  /** Whose command it is: a silence of another tenant is not there. */
  readonly tenant: string;
  readonly nowMs: number;
  /** A random UUID for the silence that the command may make. */
  readonly newId: string;
  /** Silences that have not ended, of all tenants. */
  readonly openSilences: number;
}

export interface SilenceDecision {
  /** As it is afterwards. An edit may have made it a new one, with another id. */
  readonly silence: Silence;
  /** To be committed together; empty when all is as asked for already. */
  readonly appends: readonly { readonly silenceId: string; readonly event: SilenceEvent }[];
}

/**
 * What a command means for a silence, after Alertmanager's rules for its API: an edit that leaves the past as it was
 * changes the silence (a later or earlier end, another comment; before it begins, its start too), any other expires it
 * and makes a new one, and so does the edit of one that has ended. Expiring twice is no error.
 * Throws `silence_not_found`, `too_many_silences` and `invalid_command`.
 */
export function decide(
  command: SilenceCommand,
  state: SilenceState,
  context: SilenceContext,
): SilenceDecision {
  if (command.kind === 'create') return create(command.draft, context);
  const silence = silenceOf(state, context);
  switch (command.kind) {
    case 'edit':
      return edit(command.draft, silence, context);
    case 'expire':
      return expire(silence, command.by, context);
    default:
      return unreachable(command);
  }
}

function silenceOf(state: SilenceState, { tenant }: SilenceContext): Silence {
  if (state.status === 'none' || state.silence.tenant !== tenant) throw new TocsinError('silence_not_found');
  return state.silence;
}

function create(draft: SilenceDraft, context: SilenceContext, replaces?: string): SilenceDecision {
  if (context.openSilences >= limits.maxSilences) throw new TocsinError('too_many_silences');
  const { nowMs, newId: id, tenant } = context;
  const { by, comment, matchers, endsAtMs } = draft;
  const startsAt = isoOf(Math.max(draft.startsAtMs ?? nowMs, nowMs));
  const silence: Silence = {
    id,
    tenant,
    matchers,
    startsAt,
    endsAt: isoOf(endsAtMs),
    createdBy: by,
    comment,
  };
  const data = { at: isoOf(nowMs), by, silence, ...(replaces !== undefined && { replaces }) };
  return { silence, appends: [{ silenceId: id, event: { type: 'SilenceCreated', data } }] };
}

function edit(draft: SilenceDraft, current: Silence, context: SilenceContext): SilenceDecision {
  const { nowMs } = context;
  const startsAtMs = draft.startsAtMs ?? Date.parse(current.startsAt);
  if (draft.endsAtMs <= startsAtMs) {
    throw new TocsinError('invalid_command', { path: '/endsAt', detail: 'must be after the start' });
  }
  if (!keepsThePast({ ...draft, startsAtMs }, current, nowMs)) return replace(draft, current, context);
  const { by, comment, endsAtMs } = draft;
  const silence = { ...current, startsAt: isoOf(startsAtMs), endsAt: isoOf(endsAtMs), comment };
  if (isSame(silence, current)) return { silence: current, appends: [] };
  const event: SilenceEvent = { type: 'SilenceEdited', data: { at: isoOf(nowMs), by, silence } };
  return { silence, appends: [{ silenceId: current.id, event }] };
}

/** Whether nobody who looks back would see a silence where there was none, or none where there was one. */
function keepsThePast(
  { matchers, startsAtMs }: Pick<SilenceDraft, 'matchers'> & { readonly startsAtMs: number },
  current: Silence,
  nowMs: number,
): boolean {
  if (!haveSameMatchers(matchers, current.matchers)) return false;
  switch (silenceStatusAt(current, nowMs)) {
    case 'active':
      return startsAtMs === Date.parse(current.startsAt);
    case 'pending':
      return startsAtMs >= nowMs;
    case 'expired':
      return false;
  }
}

function replace(draft: SilenceDraft, current: Silence, context: SilenceContext): SilenceDecision {
  const { appends } = expire(current, draft.by, { ...context, replacedBy: context.newId });
  // the one that it replaces makes room
  const openSilences = context.openSilences - appends.length;
  const created = create(draft, { ...context, openSilences }, current.id);
  return { silence: created.silence, appends: [...appends, ...created.appends] };
}

function expire(
  current: Silence,
  by: string,
  { nowMs, replacedBy }: SilenceContext & { readonly replacedBy?: string },
): SilenceDecision {
  const status = silenceStatusAt(current, nowMs);
  if (status === 'expired') return { silence: current, appends: [] };
  const at = isoOf(nowMs);
  const silence = { ...current, endsAt: at, ...(status === 'pending' && { startsAt: at }) };
  const data = { at, by, silence, ...(replacedBy !== undefined && { replacedBy }) };
  return { silence, appends: [{ silenceId: current.id, event: { type: 'SilenceExpired', data } }] };
}

function isSame(a: Silence, b: Silence): boolean {
  return a.startsAt === b.startsAt && a.endsAt === b.endsAt && a.comment === b.comment;
}

/** In any order. */
function haveSameMatchers(a: readonly MatcherParts[], b: readonly MatcherParts[]): boolean {
  const identities = (matchers: readonly MatcherParts[]) =>
    matchers.map(({ name, operator, value }) => JSON.stringify([name, operator, value])).sort();
  return JSON.stringify(identities(a)) === JSON.stringify(identities(b));
}

function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
