export const quietingKinds = [
  'silence',
  'inhibition',
  'mute',
  'suppression',
  'flapping',
  'heartbeat',
] as const;
export type QuietingKind = (typeof quietingKinds)[number];

/** Why an incident is not told of an alert that fires. It stands in the event, so nothing disappears. */
export interface Quieting {
  readonly kind: QuietingKind;
  /** What did it: a silence's id, or the name of a rule, a time interval or a source. */
  readonly rule: string;
  /** The configuration that was in force; a silence is judged under one too. */
  readonly configVersion: number;
  /** When it ends unless something changes, ISO 8601; absent where nobody can know, as with an inhibition. */
  readonly until?: string;
}
