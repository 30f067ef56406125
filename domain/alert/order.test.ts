import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Alert } from './alert.ts';
import { decide } from './decide.ts';
import type { DecideContext } from './decide-context.ts';
import { evolve } from './evolve.ts';
import { type AlertState, initialAlertState } from './state.ts';

const context: DecideContext = {
  stream: 'alert-0',
  configVersion: 1,
  nowMs: Date.UTC(2026, 0, 1),
  judge: ({ routes }) => routes,
  noteChange: () => undefined,
  isInhibitor: () => false,
  // Changes with the labels, so that replaced and superseded episodes both occur.
  route: (alert: Alert) => [
    { route: 'r', policy: 'p', groupLabels: {}, workflowId: `incident/${alert.labels.team}` },
  ],
};

function observe(state: AlertState, alert: Alert): AlertState {
  const decision = decide({ kind: 'observe', alert }, state, context);
  return decision.outcome === 'accepted' ? decision.events.reduce(evolve, state) : state;
}

const observation = fc
  .record({
    episode: fc.integer({ min: 0, max: 5 }),
    status: fc.constantFrom('firing' as const, 'resolved' as const),
    team: fc.constantFrom('a', 'b'),
  })
  .map(
    ({ episode, status, team }): Alert => ({
      tenant: 'default',
      source: 's',
      fingerprint: '0123456789abcdef',
      status,
      severity: 'error',
      labels: { team },
      annotations: {},
      startsAt: new Date(Date.UTC(2026, 0, 1) + episode * 1_000).toISOString(),
    }),
  );

const scenario = fc
  .array(observation, { minLength: 1, maxLength: 10 })
  .chain((inOrder) =>
    fc.tuple(
      fc.constant(inOrder.toSorted(byEpisode)),
      fc.shuffledSubarray([...inOrder, ...inOrder], { minLength: inOrder.length * 2 }),
    ),
  );

function byEpisode(a: Alert, b: Alert): number {
  return a.startsAt.localeCompare(b.startsAt) || a.status.localeCompare(b.status);
}

function summaryOf(state: AlertState) {
  return state.status === 'none' ? 'none' : `${state.status} since ${state.alert.startsAt}`;
}

test('repeated observations in any order end like each once in order', () => {
  fc.assert(
    fc.property(scenario, ([inOrder, shuffled]) => {
      const expected = inOrder.reduce(observe, initialAlertState);
      expect(summaryOf(shuffled.reduce(observe, initialAlertState))).toBe(summaryOf(expected));
    }),
    { numRuns: 2_000, verbose: true },
  );
});

test('the last event alone gives the state that all events give', () => {
  fc.assert(
    fc.property(scenario, ([, shuffled]) => {
      let state: AlertState = initialAlertState;
      for (const alert of shuffled) {
        const decision = decide({ kind: 'observe', alert }, state, context);
        if (decision.outcome !== 'accepted') continue;
        state = decision.events.reduce(evolve, state);
        const last = decision.events.at(-1);
        const alone = last ? evolve(initialAlertState, last) : initialAlertState;
        expect({ ...alone, repeats: 0 }).toEqual({ ...state, repeats: 0 });
      }
    }),
    { numRuns: 1_000, verbose: true },
  );
});
