/** Where a reload is told of. The process's logger and metrics fit these. */
export interface ReloadLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ReloadMetrics {
  readonly configReloads: { inc(labels: { readonly outcome: ReloadOutcome }): void };
  readonly configReloadSeconds: { observe(seconds: number): void };
  readonly configVersion: { set(version: number): void };
  /** 1 while what runs is what the files say, 0 while they cannot be used. */
  readonly configInForce: { set(value: number): void };
}

export type ReloadOutcome = 'changed' | 'unchanged' | 'invalid' | 'failed';

export type ReloadReason = 'start' | 'file' | 'signal' | 'request' | 'unknown_channel';
