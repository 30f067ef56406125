/** One rate for one time, told to the generator. */
export interface LoadOrder {
  readonly port: number;
  readonly path: string;
  readonly alertsPerSecond: number;
  readonly alertsPerBody: number;
  readonly seconds: number;
  /** Bodies before this one have been sent already: every alert is sent once in a run. */
  readonly firstBody: number;
}

export interface LoadResult {
  /** From the intended send time to the end of the answer, one per request. */
  readonly latenciesMs: readonly number[];
  /** Numbers of the bodies that were answered 202 with all of their alerts accepted. */
  readonly acknowledged: readonly number[];
  /** How many requests got another status, or none for which reason. */
  readonly refusals: readonly (readonly [outcome: string, count: number])[];
  /** The furthest that the generator itself was behind its plan, in milliseconds. */
  readonly lateMs: number;
}

export type GeneratorMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: LoadResult };
