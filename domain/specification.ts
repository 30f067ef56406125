interface Subject<State, Event, Command, Decision> {
  readonly initial: State;
  evolve(state: State, event: Event): State;
  decide(command: Command, state: State): Decision;
  /** The test runner's deep comparison; `domain/` itself imports nothing. */
  expectEqual(actual: Decision, expected: Decision): void;
}

interface Given<Command, Decision> {
  when(command: Command): { then(expected: Decision): void };
}

/** For tests: `given` these past events, `when` this comes, `then` that is decided. */
export function specify<State, Event, Command, Decision>(subject: Subject<State, Event, Command, Decision>) {
  return {
    given(...events: Event[]): Given<Command, Decision> {
      const state = events.reduce((folded, event) => subject.evolve(folded, event), subject.initial);
      return {
        when: (command) => ({
          // biome-ignore lint/suspicious/noThenProperty: given, when, then is what a specification reads like; nobody awaits it.
          then: (expected) => subject.expectEqual(subject.decide(command, state), expected),
        }),
      };
    },
  };
}
