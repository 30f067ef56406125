import type { Labels } from '../alert/alert.ts';
import { silenceStreamOf } from '../ids.ts';
import { limits } from '../limits.ts';
import { createMatcher } from '../matcher/matcher.ts';
import { createMatcherIndex, type MatcherIndex } from '../matcher/matcher-index.ts';
import { type Silence, type SilenceState, silenceStatusAt } from './silence.ts';

/** The silences of all tenants, as one process knows them, until a while after their end. */
export interface SilenceBook {
  /** With those that ended within the last hour. */
  readonly size: number;
  /** Pending and active ones of all tenants. */
  countOpen(nowMs: number): number;
  /**
   * Takes in what `evolve` made of a stream up to a version; what it knows in a newer one already is left as it is.
   * Throws `invalid_config` for a pattern that RE2 refuses; then the silence is not in force.
   */
  apply(stream: string, version: number, state: SilenceState): void;
  /** Of the silences that are active and match, the one that ends last. */
  find(tenant: string, labels: Labels, nowMs: number): Silence | undefined;
  get(silenceId: string): Silence | undefined;
  /** A tenant's pending and active ones, in the order in which they begin. */
  list(tenant: string, nowMs: number): readonly Silence[];
  /** Forgets those that ended `limits.silenceMemoryMs` ago. To be called now and then; they silence nothing in any case. */
  forgetEnded(nowMs: number): void;
}

interface Page {
  readonly version: number;
  readonly silence: Silence;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

export function createSilenceBook(): SilenceBook {
  /** By stream, in the order in which they were first heard of. */
  const pages = new Map<string, Page>();
  const byTenant = new Map<string, MatcherIndex<Page>>();

  const remove = (stream: string, page: Page) => {
    pages.delete(stream);
    const index = byTenant.get(page.silence.tenant);
    index?.remove(page);
    if (index?.size === 0) byTenant.delete(page.silence.tenant);
  };
  const insert = (stream: string, page: Page) => {
    const { tenant } = page.silence;
    const matchers = page.silence.matchers.map(createMatcher);
    const index = byTenant.get(tenant) ?? createMatcherIndex<Page>();
    byTenant.set(tenant, index);
    index.add(page, matchers);
    pages.set(stream, page);
  };

  return {
    get size() {
      return pages.size;
    },
    countOpen: (nowMs) => [...pages.values()].filter(({ endsAtMs }) => nowMs < endsAtMs).length,
    apply(stream, version, state) {
      const known = pages.get(stream);
      if (state.status === 'none' || (known !== undefined && known.version >= version)) return;
      if (known !== undefined) remove(stream, known);
      insert(stream, pageOf(version, state.silence));
    },
    find(tenant, labels, nowMs) {
      let found: Page | undefined;
      for (const page of byTenant.get(tenant)?.find(labels) ?? []) {
        const isActive = page.startsAtMs <= nowMs && nowMs < page.endsAtMs;
        if (isActive && (found === undefined || page.endsAtMs > found.endsAtMs)) found = page;
      }
      return found?.silence;
    },
    get: (silenceId) => pages.get(silenceStreamOf(silenceId))?.silence,
    list: (tenant, nowMs) =>
      [...pages.values()]
        .filter(({ silence }) => silence.tenant === tenant && silenceStatusAt(silence, nowMs) !== 'expired')
        .sort((a, b) => a.startsAtMs - b.startsAtMs)
        .map(({ silence }) => silence),
    forgetEnded(nowMs) {
      for (const [stream, page] of pages) {
        if (page.endsAtMs + limits.silenceMemoryMs <= nowMs) remove(stream, page);
      }
    },
  };
}

function pageOf(version: number, silence: Silence): Page {
  const { startsAt, endsAt } = silence;
  return { version, silence, startsAtMs: Date.parse(startsAt), endsAtMs: Date.parse(endsAt) };
}
