import type { SenderCommand } from '../domain/alert/command.ts';
import type { TocsinError } from '../domain/errors.ts';
import type { GenericMapping } from '../domain/source/generic-mapping.ts';
import type { ValidationMode } from '../domain/source/validation-mode.ts';

/** What a source's configuration says to its format. */
export interface SourceSettings {
  readonly validation: ValidationMode;
  /** When an alert that names no end is over unless it is repeated; for Alertmanager's API. */
  readonly resolveTimeoutMs: number;
  readonly signature?: SignatureSettings;
  readonly mapping?: GenericMapping;
}

/** How a sender signs its requests; any of the secrets may have signed. Header names in lower case. */
export interface SignatureSettings {
  readonly secrets: readonly string[];
  readonly header: string;
  readonly timestampHeader?: string;
}

export interface SourceContext extends SourceSettings {
  readonly tenant: string;
  readonly source: string;
  /** Stands in for a start that the sender did not name. Milliseconds since 1970. */
  readonly receivedAtMs: number;
}

/** One value of a request's header by its name in lower case; several of one name are joined by commas. */
export type HeaderLookup = (name: string) => string | undefined;

/** A request whose body is decoded, bounded in size and depth, and free of `__proto__`. */
export interface SourceRequest {
  readonly body: unknown;
  readonly header: HeaderLookup;
}

export interface ParsedCommand {
  /** Its place in the sender's list. */
  readonly index: number;
  readonly command: SenderCommand;
}

export interface RejectedAlert {
  readonly index: number;
  /** JSON pointer (RFC 6901) to what is wrong. */
  readonly path: string;
  readonly reason: string;
}

export interface ParsedPayload {
  readonly commands: readonly ParsedCommand[];
  readonly rejected: readonly RejectedAlert[];
  /** Alerts that the sender says it left out; their absence does not mean that they cleared. */
  readonly truncatedAlerts: number;
  /** The request is in order and has nothing to say of any alert, such as a PagerDuty change event. */
  readonly nothingToDo?: boolean;
  /** What the format's own answer tells besides, such as the `dedup_key` that it made. */
  readonly reply?: Readonly<Record<string, string>>;
}

/** What became of the commands of one request. */
export interface AcceptCounts {
  readonly accepted: number;
  readonly duplicates: number;
  readonly dropped: readonly { readonly index: number; readonly reason: string }[];
}

export interface SourceAnswer {
  readonly status: number;
  /** Sent as JSON. Without one a success has none, and a refusal is tocsin's own problem document under this status. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One sender's format. Pure but for `verify`'s look at the raw bytes. */
export interface SourceFormat {
  readonly type: string;
  /** Largest body in bytes; default `limits.maxBodyBytes`. */
  readonly maxBodyBytes?: number;
  /** Media types besides `application/json` and those that end in `+json`. */
  readonly contentTypes?: readonly string[];
  /** A request without a body is in order: what it says stands in its headers. */
  readonly mayBeEmpty?: boolean;
  /**
   * Checks the signature over the bytes as they came, where the source has one.
   *
   * @throws TocsinError `invalid_signature`
   */
  verify?(rawBody: Uint8Array, header: HeaderLookup, context: SourceContext): void;
  /** @throws TocsinError `invalid_payload` or `too_many_alerts` when nothing of the body can be used. */
  parse(request: SourceRequest, context: SourceContext): ParsedPayload;
  /** The answer that this sender understands; without it tocsin's own. */
  answer?(payload: ParsedPayload, counts: AcceptCounts): SourceAnswer;
  /** How this sender is told that its request failed; without it tocsin's own problem document. */
  refuse?(error: TocsinError): SourceAnswer;
  /**
   * Answers a sender that asks before its first delivery whether it may (OPTIONS); without it there is no such method.
   *
   * @throws TocsinError `invalid_request` when it does not say who asks
   */
  handshake?(header: HeaderLookup, terms: HandshakeTerms): SourceAnswer;
}

export interface HandshakeTerms {
  /** Alerts that the source may send in a minute; absent means no limit. */
  readonly perMinute?: number;
}
