import type { PersonToPage, StepQuestion, StepResolution } from '../../domain/people/step-resolution.ts';
import type { Target } from '../../domain/policy/policy.ts';

/** Answers a saga's questions about people as a test says, and remembers them. */
export interface ScriptedPeople {
  readonly asked: StepQuestion[];
  resolve(question: StepQuestion): Promise<StepResolution>;
  /** Of one policy's steps; without it the channels of a step are paged, and of its users those that were added. */
  answer(policy: string, decide: (question: StepQuestion) => StepResolution | Promise<StepResolution>): void;
  addUser(user: string, contacts: PersonToPage['contacts']): void;
  removeUser(user: string): void;
  contactsOf(user: string): PersonToPage['contacts'];
}

export function createScriptedPeople(): ScriptedPeople {
  const asked: StepQuestion[] = [];
  const decisions = new Map<string, (question: StepQuestion) => StepResolution | Promise<StepResolution>>();
  const users = new Map<string, PersonToPage['contacts']>();
  return {
    asked,
    async resolve(question) {
      asked.push(question);
      return decisions.get(question.policy)?.(question) ?? byName(question, users);
    },
    answer: (policy, decide) => void decisions.set(policy, decide),
    addUser: (user, contacts) => void users.set(user, contacts),
    removeUser: (user) => void users.delete(user),
    contactsOf: (user) => users.get(user) ?? [],
  };
}

function byName(
  { targets, fallback }: StepQuestion,
  users: ReadonlyMap<string, PersonToPage['contacts']>,
): StepResolution {
  const channels = targets.flatMap((target): Target[] => ('channel' in target ? [target] : []));
  const named = targets.flatMap((target) => (target.kind === 'user' ? [target.user] : []));
  const people = named.flatMap((user) => {
    const contacts = users.get(user);
    return contacts === undefined ? [] : [{ user, contacts }];
  });
  const notes = named
    .filter((user) => !users.has(user))
    .map((user) => `user ${user} is not configured any more`);
  if (channels.length + people.length > 0) return { kind: 'page', targets: channels, people, notes };
  if (fallback.length > 0) return { kind: 'page', targets: fallback, people: [], notes };
  return { kind: 'skip', reason: 'nobody', notes };
}
