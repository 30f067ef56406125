import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conditionsHold } from '../domain/people/conditions-hold.ts';
import type { StepQuestion } from '../domain/people/step-resolution.ts';
import type { Severity } from '../domain/severity.ts';
import { buildSteps, type StepChecks } from './build-steps.ts';
import { createFindings, type Findings } from './findings.ts';
import { createPlaceIndex, createPlaces } from './places.ts';

interface If {
  readonly alerts?: number;
  readonly severity?: readonly Severity[];
}
type Step =
  | { readonly wait: string; readonly if?: If }
  | { readonly if: If; readonly yes: readonly Step[]; readonly no?: readonly Step[] };
interface World {
  readonly alerts: number;
  readonly severity: Severity;
}

const severity = fc.constantFrom<Severity>('critical', 'error', 'info');
const condition: fc.Arbitrary<If> = fc.oneof(
  fc.record({ alerts: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ severity: fc.uniqueArray(severity, { minLength: 1, maxLength: 2 }) }),
  fc.record({
    alerts: fc.integer({ min: 1, max: 4 }),
    severity: fc.uniqueArray(severity, { minLength: 1, maxLength: 2 }),
  }),
);

/** Steps of at most so many branches within branches; waits are numbered afterwards, so that each names its step. */
function stepsOf(depth: number): fc.Arbitrary<readonly Step[]> {
  const page = fc.record({ wait: fc.constant('?'), if: condition }, { requiredKeys: ['wait'] });
  if (depth === 0) return fc.array(page, { minLength: 1, maxLength: 2 });
  const below = stepsOf(depth - 1);
  const branch = fc.record({ if: condition, yes: below, no: below }, { requiredKeys: ['if', 'yes'] });
  return fc.array(fc.oneof(page, branch), { minLength: 1, maxLength: 2 });
}

/** What a reader of the nested text expects: one branch or the other. */
function taken(steps: readonly Step[], world: World): readonly string[] {
  return steps.flatMap((step) => {
    const holds = step.if === undefined || isTrue(step.if, world);
    if ('wait' in step) return holds ? [step.wait] : [];
    return taken(holds ? step.yes : (step.no ?? []), world);
  });
}

function isTrue({ alerts = 1, severity: among }: If, world: World): boolean {
  return world.alerts >= alerts && (among === undefined || among.includes(world.severity));
}

function numbered(steps: readonly Step[], next: () => string): readonly Step[] {
  return steps.map((step) => {
    if ('wait' in step) return { ...step, wait: next() };
    const otherwise = step.no === undefined ? {} : { no: numbered(step.no, next) };
    return { if: step.if, yes: numbered(step.yes, next), ...otherwise };
  });
}

/** As the file would say it. */
function written(steps: readonly Step[]): unknown {
  const words = { '"wait"': '"notify":["channel:c"],"wait"', '"yes"': '"then"', '"no"': '"else"' };
  const text = Object.entries(words).reduce(
    (before, [ours, theirs]) => before.replaceAll(ours, theirs),
    JSON.stringify(steps),
  );
  return { steps: JSON.parse(text) };
}

test('steps in a row are taken as the branches that they were written in', () => {
  const world = fc.record({ alerts: fc.integer({ min: 1, max: 5 }), severity });
  fc.assert(
    fc.property(stepsOf(3), fc.array(world, { minLength: 1, maxLength: 5 }), (drawn, worlds) => {
      let count = 0;
      const steps = numbered(drawn, () => `${++count}s`);
      const findings = createFindings();
      const built = buildSteps(written(steps), 'steps', { path: [], when: [] }, checksOf(findings));
      expect(findings.errors).toEqual([]);
      for (const each of worlds) {
        const question = { severity: each.severity, alertCount: each.alerts } as StepQuestion;
        const context = { question, directory: { timeIntervals: new Map() }, note: () => {} };
        const found = built
          .filter(({ when = [] }) => conditionsHold(when, context))
          .map(({ waitMs }) => `${waitMs / 1_000}s`);
        expect(found).toEqual(taken(steps, each));
      }
    }),
  );
});

function checksOf(findings: Findings): StepChecks {
  const none: ReadonlySet<string> = new Set();
  return {
    findings,
    places: createPlaces(createPlaceIndex([0])),
    intervals: { names: [], byName: new Map() },
    channels: new Map([['c', { name: 'c', provider: 'console', updates: true }]]),
    channelNames: new Set(['c']),
    userNames: none,
    scheduleNames: none,
  };
}
