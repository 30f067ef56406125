/** Who caused an event, and how to find the rest of the story. Never a secret. */
export interface EventMetadata {
  /** A person as named by the command, or a part of tocsin such as `saga`. */
  readonly actor?: string;
  /** The way in: `api`, `source`, `saga`, `clock`. */
  readonly via?: string;
  readonly requestId?: string;
  /** Of the one command that decided this; unlike the request's id it is never chosen by a caller. */
  readonly commandId?: string;
  /** W3C Trace Context. */
  readonly traceparent?: string;
}

/** Any event before it is appended. */
export interface EventBody {
  readonly type: string;
  readonly data: object;
}

export interface NewEvent<B extends EventBody = EventBody> {
  readonly body: B;
  readonly metadata: EventMetadata;
}

/** An event as the log holds it. `position` is per lane and increases in commit order, `version` is dense per stream. */
export interface RecordedEvent<B extends EventBody = EventBody> {
  readonly lane: number;
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly eventId: string;
  /** Hybrid logical clock as a decimal string: 48 bits of milliseconds, 16 bits of counter. */
  readonly hlc: string;
  /** ISO 8601, the appending process's clock; for display only, no rule compares it. */
  readonly recordedAt: string;
  readonly body: B;
  readonly metadata: EventMetadata;
}
