/** What is remembered of an alert's recent changes. Instants are ISO 8601. */
export interface FlapRecord {
  /** When it fired or cleared, oldest first; no more than the rule counts. */
  readonly changes: readonly string[];
  /** Since when it counts as flapping: the one page has been sent, further ones are held. */
  readonly flappingSince?: string;
}
