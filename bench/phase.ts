import type { Database } from '../store/database.ts';
import type { BenchStack } from './bench-stack.ts';
import type { Provider } from './provider.ts';
import type { Sender } from './sender.ts';

/** One line of the table. */
export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: number;
  /** `most`: the target is an upper bound. */
  readonly bound?: 'most' | 'least';
  readonly note?: string;
}

export interface PhaseContext {
  readonly stack: BenchStack;
  readonly provider: Provider;
  readonly sender: Sender;
  readonly database: Pick<Database, 'query'>;
  /** A tenth of everything: shows that the bench works, not what the product can do. */
  readonly quick: boolean;
  readonly print: (line: string) => void;
  /** Runs `work` and notes what CPU each process took for it. */
  meter<T>(window: string, work: () => Promise<T>): Promise<T>;
}

/** A part of the bench; each gets a stack of its own, so that none measures what another left behind. */
export interface Phase {
  readonly name: string;
  readonly title: string;
  /** Of the policy `patient`: from one step to the next. */
  readonly patientWait?: string;
  run(context: PhaseContext): Promise<Measure[]>;
}
