import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anAlert } from '../../test/support/alert-events.ts';
import { parseMatcher } from '../matcher/parse-matcher.ts';
import { flapHoldEndMs, isFirstOfFlapping, noteChange } from './flap.ts';
import type { FlapRecord } from './flap-record.ts';
import type { FlapRule } from './rules.ts';

const minute = 60_000;
/** The default of the documentation. */
const rule: FlapRule = {
  name: 'flapping',
  match: [],
  changes: 4,
  withinMs: 60 * minute,
  holdMs: 120 * minute,
};

type Status = 'firing' | 'resolved';

/** Fires and clears at these minutes, beginning with a firing; what each firing does. */
function play(minutes: readonly number[], rules: readonly FlapRule[] = [rule]): string[] {
  let record: FlapRecord | undefined;
  const outcomes: string[] = [];
  for (const [index, atMinute] of minutes.entries()) {
    const status: Status = index % 2 === 0 ? 'firing' : 'resolved';
    record = noteChange(rules, anAlert({ status }), record, atMinute * minute);
    if (status === 'firing') outcomes.push(outcomeOf(record, atMinute * minute));
  }
  return outcomes;
}

function outcomeOf(record: FlapRecord | undefined, nowMs: number): string {
  if (record?.flappingSince === undefined) return 'page';
  if (isFirstOfFlapping(record)) return 'page, flapping';
  const endMs = flapHoldEndMs(rule, record);
  return endMs !== undefined && nowMs < endMs ? `held until ${endMs / minute}` : 'page';
}

describe('4 changes within 60 minutes, held for 120', () => {
  test('pages once when it becomes flapping, then holds', () => {
    expect(play([0, 10, 20, 30, 40, 41, 42])).toEqual([
      'page',
      'page',
      // 0, 10, 20, 30 made it flap with a clear: the next firing is the one page
      'page, flapping',
      'held until 90',
    ]);
  });

  test('does not count changes that are 60 minutes old', () => {
    expect(play([0, 10, 20, 80, 90, 95])).toEqual(['page', 'page', 'page']);
    expect(play([0, 1, 60, 61, 119])).toEqual(['page', 'page', 'page']);
    expect(play([1, 2, 3, 4, 62])).toEqual(['page', 'page', 'page']);
    expect(play([1, 2, 3, 4, 61.9])).toEqual(['page', 'page', 'page, flapping']);
  });

  test('holds for no more than 120 minutes while it goes on, then pages once more', () => {
    const every5 = Array.from({ length: 41 }, (_, index) => index * 5);
    const outcomes = play(every5);
    const pages = outcomes.flatMap((outcome, index) =>
      outcome.startsWith('page') ? [`${index * 10}: ${outcome}`] : [],
    );
    expect(pages).toEqual(['0: page', '10: page', '20: page, flapping', '140: page, flapping']);
  });

  test('is stable once fewer than 4 changes are younger than 60 minutes', () => {
    const record = noted([0, 1, 2, 3, 4]);
    expect(record.flappingSince).toBe(new Date(4 * minute).toISOString());
    expect(flapHoldEndMs(rule, record)).toBe(61 * minute);
    expect(play([0, 1, 2, 3, 4, 30, 64])).toEqual(['page', 'page', 'page, flapping', 'page']);
  });

  test('an alert that fires and clears now and then never flaps', () => {
    expect(play([0, 30, 60, 90, 120, 150, 180])).toEqual(['page', 'page', 'page', 'page']);
  });
});

test('remembers nothing where no rule matches, and the first rule that does counts', () => {
  const other = { ...rule, match: [parseMatcher('team="other"')] };
  expect(noteChange([other], anAlert(), undefined, 0)).toBeUndefined();
  const quick = { ...rule, changes: 2 };
  expect(play([0, 10, 20], [other, quick, rule])).toEqual(['page', 'page, flapping']);
});

test('tells changes apart that share a millisecond, or come after a clock went back', () => {
  let record: FlapRecord | undefined;
  for (const nowMs of [100, 100, 50, 100, 100]) record = noteChange([rule], anAlert(), record, nowMs);
  expect(record?.changes.map((at) => Date.parse(at))).toEqual([101, 102, 103, 104]);
  expect(record && isFirstOfFlapping(record)).toBe(false);
});

test('a record is bounded, in order, and flaps only with as many young changes as the rule says', () => {
  const change = fc.record({
    status: fc.constantFrom<Status>('firing', 'resolved'),
    pauseMs: fc.integer({ min: 0, max: 100 * minute }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      let [record, nowMs]: [FlapRecord | undefined, number] = [undefined, 0];
      for (const { status, pauseMs } of changes) {
        nowMs += pauseMs;
        record = noteChange([rule], anAlert({ status }), record, nowMs);
        const instants = record?.changes.map((at) => Date.parse(at)) ?? [];
        expect(instants.length).toBeLessThanOrEqual(rule.changes);
        expect([...instants].sort((a, b) => a - b)).toEqual(instants);
        if (record === undefined || !isFirstOfFlapping(record)) continue;
        expect(status).toBe('firing');
        expect(instants).toHaveLength(rule.changes);
        expect((instants.at(-1) ?? 0) - (instants[0] ?? 0)).toBeLessThan(rule.withinMs);
      }
    }),
    { numRuns: 500 },
  );
});

function noted(minutes: readonly number[]): FlapRecord {
  let record: FlapRecord | undefined;
  for (const [index, atMinute] of minutes.entries()) {
    const status: Status = index % 2 === 0 ? 'firing' : 'resolved';
    record = noteChange([rule], anAlert({ status }), record, atMinute * minute);
  }
  if (record === undefined) throw new Error('no rule matched');
  return record;
}
