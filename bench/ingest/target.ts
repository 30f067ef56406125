import type { Database } from '../../store/database.ts';
import type { Generator } from './generator.ts';

/** What is measured: a running system, and who sends to it. */
export interface Target {
  readonly port: number;
  /** Where the bodies go. */
  readonly path: string;
  readonly pids: ReadonlyMap<string, number>;
  readonly database: Pick<Database, 'query'>;
  readonly generator: Generator;
}

export const alertsPerBody = 100;
