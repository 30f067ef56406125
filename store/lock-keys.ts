/**
 * The two-part keys of PostgreSQL's advisory locks: `lane` with the lane's number, `named` with the rest.
 * They are per database. Processes of different releases must agree on them, so they never change.
 */
export const lockKeys = {
  lane: 0x70c51001,
  named: 0x70c51002,
  clock: 1,
  migrations: 2,
  configVersions: 3,
} as const;

/** Locks that one process at a time may hold for a whole deployment. */
export type LockName = 'clock';
