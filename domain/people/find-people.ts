import type { PolicyTarget, Target } from '../policy/policy.ts';
import { notConfigured } from './conditions-hold.ts';
import type { Directory } from './directory.ts';
import { onCallAt, onDutyAt } from './on-call.ts';
import type { Schedule, User } from './people.ts';
import type { PersonToPage, StepQuestion } from './step-resolution.ts';

type PeopleTarget = Exclude<PolicyTarget, Target>;

export interface FoundPeople {
  /** Who can be paged, each once, in the order of the targets. */
  readonly people: readonly PersonToPage[];
  /** Why others can not. */
  readonly notes: readonly string[];
}

/**
 * The people whom a step's targets name at the question's instant. Of a schedule it is who is on call; a step that
 * takes people in turn may choose among all who are on duty in any of its layers.
 */
export function findPeople(question: StepQuestion, directory: Directory): FoundPeople {
  const people = new Map<string, PersonToPage>();
  const notes = new Set<string>();
  for (const target of question.targets.filter(isPeopleTarget)) {
    const { names, missing } = namesOf(target, question, directory);
    if (missing !== undefined) notes.add(missing);
    for (const name of names) {
      const contacts = contactsOf(directory.users.get(name), question);
      const via = target.kind === 'schedule' ? { via: target.name } : {};
      if (contacts === undefined) notes.add(notConfigured('user', name));
      else if (contacts.length === 0) notes.add(`user ${name} has no contacts`);
      else if (!people.has(name)) people.set(name, { user: name, ...via, contacts });
    }
  }
  return { people: [...people.values()], notes: [...notes] };
}

function isPeopleTarget(target: PolicyTarget): target is PeopleTarget {
  return target.kind === 'user' || target.kind === 'schedule';
}

interface Named {
  readonly names: readonly string[];
  /** Why nobody is named. */
  readonly missing?: string;
}

function namesOf(target: PeopleTarget, question: StepQuestion, directory: Directory): Named {
  if (target.kind === 'user') return { names: [target.user] };
  const schedule = directory.schedules.get(target.schedule);
  if (schedule === undefined) return { names: [], missing: notConfigured('schedule', target.schedule) };
  const names = onCallNames(schedule, question, directory);
  return names.length > 0 ? { names } : { names, missing: `nobody is on call in ${schedule.name}` };
}

function onCallNames(
  schedule: Schedule,
  { roundRobin, atMs }: StepQuestion,
  { overrides }: Directory,
): readonly string[] {
  if (roundRobin === true) return onDutyAt(schedule, overrides, atMs);
  const onCall = onCallAt(schedule, overrides, atMs);
  return onCall === undefined ? [] : [onCall.user];
}

/** By the user's rules for this urgency; without any, all contacts at once. Undefined for an unknown user. */
function contactsOf(user: User | undefined, { urgency }: StepQuestion): PersonToPage['contacts'] | undefined {
  if (user === undefined) return undefined;
  const byRule = user.rules[urgency].flatMap(({ contact, afterMs }) => {
    const target = user.contacts.get(contact);
    return target === undefined ? [] : [{ target, afterMs }];
  });
  return byRule.length > 0 ? byRule : [...user.contacts.values()].map((target) => ({ target, afterMs: 0 }));
}
