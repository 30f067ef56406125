import type { Alert } from '../../domain/alert/alert.ts';

/** One step of the chain that an alert passes before anything is decided about it. */
export interface Processor {
  /** The same object when nothing changes. Never touches tenant, source, fingerprint and times: they are who it is. */
  process(alert: Alert, nowMs: number): Processed;
}

export type Processed =
  | { readonly kind: 'kept'; readonly alert: Alert }
  | { readonly kind: 'dropped'; readonly reason: ProcessorDropReason };

export type ProcessorDropReason = 'sampled' | 'limited';

export function kept(alert: Alert): Processed {
  return { kind: 'kept', alert };
}
