import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unseen } from '../domain/incident/decide.ts';
import { fold } from '../domain/incident/fold.ts';
import type { AlertReference } from '../domain/incident/protocol.ts';
import { nothingHappened, openingTurn, takeTurn } from '../domain/incident/turn.ts';
import { aPolicy, aReference, aSubject } from '../test/support/incident-events.ts';
import { joinReferences } from './join-references.ts';

test('one reference stands for all that tell the same, and names their positions', () => {
  const references = [5, 6, 9].map((position) => aReference({ position }));
  expect(joinReferences(references)).toEqual([aReference({ position: 9, also: [5, 6] })]);
});

test.each<[string, Partial<AlertReference>]>([
  ['another kind', { kind: 'cleared' }],
  ['another severity', { severity: 'info' }],
  ['another lane', { lane: 2 }],
  ['an older episode of an alert', { replaces: true }],
  ['a place before', { position: 3 }],
  ['a sample', { sample: {} as NonNullable<AlertReference['sample']> }],
])('what comes after with %s has a reference of its own', (_, change) => {
  const references = [aReference({ position: 5 }), aReference({ position: 6, ...change })];
  expect(joinReferences(references)).toEqual(references);
});

test('each acknowledgement stays by itself', () => {
  const references = [5, 6].map((position) => aReference({ kind: 'acknowledged', position }));
  expect(joinReferences(references)).toEqual(references);
});

test('what was told before is not counted again', () => {
  const [joined] = joinReferences([5, 6, 7, 8].map((position) => aReference({ position })));
  expect(joined && unseen({ 1: 6 }, [joined])).toEqual([aReference({ position: 8, also: [7] })]);
  expect(joined && unseen({ 1: 8 }, [joined])).toEqual([]);
});

const told = fc.record({
  kind: fc.constantFrom('fired', 'changed', 'cleared', 'acknowledged'),
  lane: fc.constantFrom(1, 2),
  severity: fc.constantFrom('critical', 'error', 'info'),
  replaces: fc.boolean(),
});

test('an incident decides the same of joined references as of all of them', () => {
  const first = aReference({ position: 0, lane: 1, severity: 'warning' });
  const opening = { subject: aSubject(), first, policy: aPolicy(), references: [first] };
  const incident = fold(undefined, openingTurn(opening, 0));
  if (incident === undefined) throw new Error('nothing was folded');
  fc.assert(
    fc.property(fc.array(told, { maxLength: 30 }), fc.nat(30), (all, seen) => {
      const references = all.map((it, at) =>
        aReference({ ...it, position: at + 1 } as Partial<AlertReference>),
      );
      const state = { ...incident, positions: { 1: seen, 2: seen } };
      const decide = (of: readonly AlertReference[]) =>
        takeTurn(state, { ...nothingHappened, references: of }, 1_000);
      expect(decide(joinReferences(references))).toEqual(decide(references));
    }),
    { numRuns: 2_000 },
  );
});
