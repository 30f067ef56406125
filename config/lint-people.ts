import { findGaps } from '../domain/people/on-call.ts';
import type { TocsinConfig } from './config.ts';
import { rawEntries } from './entries.ts';
import type { Findings } from './findings.ts';

export interface PeopleLint {
  readonly findings: Findings;
  /** Epoch milliseconds; absent: schedules are not searched for gaps. */
  readonly lintAtMs?: number;
}

/** How far ahead schedules are searched: a turn of most rotas. */
const searchedMs = 30 * 86_400_000;

/** Warns of people whom nothing reaches, and of times at which a schedule names nobody. */
export function lintPeople(
  document: unknown,
  { users, schedules }: Pick<TocsinConfig, 'users' | 'schedules'>,
  { findings, lintAtMs }: PeopleLint,
): void {
  for (const { path, key } of rawEntries(document, 'users')) {
    const user = users.get(key);
    if (user === undefined) continue;
    if (user.contacts.size === 0) findings.warnAtKey(path, 'has no contacts and cannot be paged');
    const rules = [...user.rules.high, ...user.rules.low];
    for (const contact of user.contacts.keys()) {
      if (rules.length === 0 || rules.some((rule) => rule.contact === contact)) continue;
      findings.warnAtKey([...path, 'contacts', contact], 'no rule of this user uses this contact');
    }
  }
  if (lintAtMs === undefined) return;
  for (const schedule of schedules.values()) {
    const gaps = findGaps(schedule, [], { fromMs: lintAtMs, untilMs: lintAtMs + searchedMs });
    const [first] = gaps;
    if (first === undefined) continue;
    const [from, until] = [first.fromMs, first.untilMs].map((ms) => new Date(ms).toISOString());
    const times = gaps.length === 1 ? 'once' : `${gaps.length} times`;
    findings.warnAtKey(
      ['schedules', schedule.name],
      `nobody is on call ${times} within the next 30 days, first from ${from} to ${until}`,
    );
  }
}
