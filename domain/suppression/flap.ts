import type { Alert } from '../alert/alert.ts';
import { matchesAll } from '../matcher/matcher.ts';
import type { FlapRecord } from './flap-record.ts';
import type { FlapRule } from './rules.ts';

/** The first rule that matches counts. */
export function flapRuleFor(rules: readonly FlapRule[], alert: Pick<Alert, 'labels'>): FlapRule | undefined {
  return rules.find(({ match }) => matchesAll(match, alert.labels));
}

/**
 * Remembers that the alert fired or cleared. It begins to flap with a firing, never with a clear: that firing is the
 * one that pages. Undefined where no rule wants to know.
 */
export function noteChange(
  rules: readonly FlapRule[],
  alert: Alert,
  before: FlapRecord | undefined,
  nowMs: number,
): FlapRecord | undefined {
  const rule = flapRuleFor(rules, alert);
  if (rule === undefined) return undefined;
  const at = isoOf(Math.max(nowMs, lastChangeMs(before) + 1));
  const recent = (before?.changes ?? []).filter((change) => Date.parse(change) > nowMs - rule.withinMs);
  const changes = [...recent, at].slice(-rule.changes);
  const holdEnd = before === undefined ? undefined : flapHoldEndMs(rule, before);
  if (before?.flappingSince !== undefined && holdEnd !== undefined && nowMs < holdEnd) {
    return { changes, flappingSince: before.flappingSince };
  }
  const begins = alert.status === 'firing' && changes.length >= rule.changes;
  return begins ? { changes, flappingSince: at } : { changes };
}

/**
 * Until when further pages are held, milliseconds since 1970: `holdMs` after it began to flap, or when fewer than
 * `changes` changes are younger than `withinMs`, whichever comes first. Undefined when it does not flap.
 */
export function flapHoldEndMs(rule: FlapRule, { changes, flappingSince }: FlapRecord): number | undefined {
  if (flappingSince === undefined) return undefined;
  const oldestThatCounts = changes.at(-rule.changes);
  if (oldestThatCounts === undefined) return undefined;
  return Math.min(Date.parse(flappingSince) + rule.holdMs, Date.parse(oldestThatCounts) + rule.withinMs);
}

/** Whether the last change is the firing with which it began to flap: the one that pages. */
export function isFirstOfFlapping({ changes, flappingSince }: FlapRecord): boolean {
  return flappingSince !== undefined && changes.at(-1) === flappingSince;
}

/** Changes are told apart by their instant, so two in one millisecond, or after a clock went back, must differ. */
function lastChangeMs(record: FlapRecord | undefined): number {
  const last = record?.changes.at(-1);
  return last === undefined ? Number.NEGATIVE_INFINITY : Date.parse(last);
}

function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
