import type { Target } from '../policy/policy.ts';
import { isActive, nextChange } from '../time-interval/is-active.ts';
import { conditionsHold, notConfigured } from './conditions-hold.ts';
import type { Directory } from './directory.ts';
import { type FoundPeople, findPeople } from './find-people.ts';
import type { PersonToPage, StepQuestion, StepResolution } from './step-resolution.ts';

/**
 * Whom a step that is due pages, at the question's instant: its conditions first, then hours that it waits for, then
 * people. Sagas and simulations both ask here. What a newer configuration does not know any more hinders no page, and
 * stands in the notes.
 */
export function resolveStep(question: StepQuestion, directory: Directory): StepResolution {
  const notes = new Set<string>();
  const note = (text: string) => void notes.add(text);
  if (!conditionsHold(question.when, { question, directory, note }))
    return { kind: 'skip', reason: 'condition', notes: [...notes] };
  const untilMs = delayOf(question, directory, note);
  if (untilMs !== undefined) return { kind: 'delay', untilMs };
  const found = findPeople(question, directory);
  for (const text of found.notes) note(text);
  const people = question.roundRobin === true ? oneInTurn(found, question, directory) : found.people;
  const channels = eachOnce(question.targets.filter(isTarget));
  const isNobody = people.length === 0 && channels.length === 0;
  const targets = isNobody ? eachOnce(question.fallback) : channels;
  if (isNobody && targets.length === 0) return { kind: 'skip', reason: 'nobody', notes: [...notes] };
  return { kind: 'page', targets, people, notes: [...notes] };
}

/** When the hours begin that an incident of low urgency waits for; undefined when nothing is to be waited for. */
function delayOf(
  { delayUntil, urgency, atMs }: StepQuestion,
  { timeIntervals }: Directory,
  note: (text: string) => void,
): number | undefined {
  if (delayUntil === undefined || urgency !== 'low') return undefined;
  const interval = timeIntervals.get(delayUntil);
  if (interval === undefined) note(notConfigured('time interval', delayUntil));
  if (interval === undefined || isActive(interval, atMs)) return undefined;
  const untilMs = nextChange(interval, atMs);
  if (untilMs === undefined) note(`time interval ${delayUntil} does not begin any more`);
  return untilMs;
}

/** What the turns of a step are counted under. */
export function turnNameOf({
  tenant,
  policy,
  step,
}: Pick<StepQuestion, 'tenant' | 'policy' | 'step'>): string {
  return `${tenant}/${policy}/${step}`;
}

/** From incident to incident another one: the turns of a step are counted for each policy of a tenant. */
function oneInTurn(
  { people }: FoundPeople,
  { tenant, policy, step }: StepQuestion,
  directory: Directory,
): readonly PersonToPage[] {
  if (people.length < 2) return people;
  const person = people[directory.turnOf(turnNameOf({ tenant, policy, step })) % people.length];
  return person === undefined ? [] : [person];
}

function isTarget(target: StepQuestion['targets'][number]): target is Target {
  return target.kind === 'channel' || target.kind === 'contact';
}

function eachOnce(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [target.name, target])).values()];
}
