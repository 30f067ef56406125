import type { Alert } from '../domain/alert/alert.ts';

export interface SourceContext {
  readonly tenant: string;
  readonly source: string;
  /** Stands in for a start that the sender did not name. Milliseconds since 1970. */
  readonly receivedAtMs: number;
}

export interface ParsedAlert {
  /** Its place in the sender's list. */
  readonly index: number;
  readonly alert: Alert;
}

export interface RejectedAlert {
  readonly index: number;
  /** JSON pointer (RFC 6901) to what is wrong. */
  readonly path: string;
  readonly reason: string;
}

export interface ParsedPayload {
  readonly alerts: readonly ParsedAlert[];
  readonly rejected: readonly RejectedAlert[];
  /** Alerts that the sender says it left out; their absence does not mean that they cleared. */
  readonly truncatedAlerts: number;
}

/** One sender's format. Pure: the body is already decoded, bounded in size and depth, and free of `__proto__`. */
export interface SourceFormat {
  readonly type: string;
  /** @throws TocsinError `invalid_payload` or `too_many_alerts` when nothing of the body can be used. */
  parse(body: unknown, context: SourceContext): ParsedPayload;
}
