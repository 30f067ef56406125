/** What a failure means to the caller; only `code` travels across activity, workflow and HTTP borders. */
export type ErrorKind =
  | 'input'
  | 'auth'
  | 'domain'
  | 'limit'
  | 'conflict'
  | 'unavailable'
  | 'unknown_outcome'
  | 'bug';

interface ErrorDefinition {
  readonly kind: ErrorKind;
  readonly status: number;
  readonly retryable: boolean;
  readonly message: string;
}

function define<const T extends Record<string, ErrorDefinition>>(definitions: T): T {
  return definitions;
}

/** The registry: `docs/reference/errors.md` is held equal to it by a test. */
export const errorDefinitions = define({
  malformed_json: { kind: 'input', status: 400, retryable: false, message: 'the body is not valid JSON' },
  invalid_encoding: { kind: 'input', status: 400, retryable: false, message: 'the body is not valid UTF-8' },
  forbidden_key: {
    kind: 'input',
    status: 400,
    retryable: false,
    message: 'the body contains a forbidden key',
  },
  too_deep: { kind: 'input', status: 400, retryable: false, message: 'the body is nested too deeply' },
  unsupported_media_type: {
    kind: 'input',
    status: 415,
    retryable: false,
    message: 'the content type is not supported',
  },
  invalid_request: { kind: 'input', status: 400, retryable: false, message: 'the request is malformed' },
  invalid_payload: {
    kind: 'input',
    status: 422,
    retryable: false,
    message: 'the body does not have the expected shape',
  },
  invalid_alert: {
    kind: 'input',
    status: 422,
    retryable: false,
    message: 'no alert of the batch could be accepted',
  },
  invalid_command: { kind: 'input', status: 422, retryable: false, message: 'the command is malformed' },
  invalid_config: { kind: 'input', status: 422, retryable: false, message: 'the configuration is not valid' },
  unauthorized: { kind: 'auth', status: 401, retryable: false, message: 'a valid bearer token is required' },
  unknown_source: { kind: 'auth', status: 401, retryable: false, message: 'no source has this key' },
  invalid_signature: {
    kind: 'auth',
    status: 401,
    retryable: false,
    message: 'the signature of the request is missing or wrong',
  },
  not_found: { kind: 'domain', status: 404, retryable: false, message: 'there is nothing at this address' },
  method_not_allowed: {
    kind: 'domain',
    status: 405,
    retryable: false,
    message: 'the address does not support this method',
  },
  incident_not_found: { kind: 'domain', status: 404, retryable: false, message: 'there is no such incident' },
  policy_not_found: { kind: 'domain', status: 404, retryable: false, message: 'there is no such policy' },
  silence_not_found: { kind: 'domain', status: 404, retryable: false, message: 'there is no such silence' },
  delivery_not_found: { kind: 'domain', status: 404, retryable: false, message: 'there is no such delivery' },
  delivery_not_dead: {
    kind: 'domain',
    status: 409,
    retryable: false,
    message: 'the delivery is no dead letter',
  },
  delivery_not_needed: {
    kind: 'domain',
    status: 409,
    retryable: false,
    message: 'the incident is answered: nobody needs this page any more',
  },
  channel_not_found: { kind: 'domain', status: 404, retryable: false, message: 'there is no such channel' },
  user_not_found: { kind: 'domain', status: 404, retryable: false, message: 'there is no such user' },
  schedule_not_found: { kind: 'domain', status: 404, retryable: false, message: 'there is no such schedule' },
  override_not_found: { kind: 'domain', status: 404, retryable: false, message: 'there is no such override' },
  incident_closed: { kind: 'domain', status: 409, retryable: false, message: 'the incident is resolved' },
  request_timeout: {
    kind: 'limit',
    status: 408,
    retryable: true,
    message: 'the request did not arrive in time',
  },
  headers_too_large: {
    kind: 'limit',
    status: 431,
    retryable: false,
    message: 'the headers are too large',
  },
  too_large: { kind: 'limit', status: 413, retryable: false, message: 'the body is too large' },
  too_many_alerts: { kind: 'limit', status: 413, retryable: false, message: 'the batch has too many alerts' },
  too_many_silences: {
    kind: 'limit',
    status: 429,
    retryable: false,
    message: 'there are too many silences; let some expire first',
  },
  too_many_overrides: {
    kind: 'limit',
    status: 429,
    retryable: false,
    message: 'there are too many overrides; let some end first',
  },
  overloaded: {
    kind: 'limit',
    status: 503,
    retryable: true,
    message: 'too many alerts are waiting; try again',
  },
  version_conflict: {
    kind: 'conflict',
    status: 503,
    retryable: true,
    message: 'somebody else wrote first; try again',
  },
  store_unavailable: {
    kind: 'unavailable',
    status: 503,
    retryable: true,
    message: 'the database is not available',
  },
  engine_unavailable: {
    kind: 'unavailable',
    status: 503,
    retryable: true,
    message: 'the workflow engine is not available',
  },
  shutting_down: {
    kind: 'unavailable',
    status: 503,
    retryable: true,
    message: 'the process is shutting down',
  },
  unknown_outcome: {
    kind: 'unknown_outcome',
    status: 503,
    retryable: true,
    message: 'the outcome is not known; repeat the request',
  },
  undecodable_event: { kind: 'bug', status: 500, retryable: false, message: 'an event could not be decoded' },
  unsafe_database: { kind: 'bug', status: 500, retryable: false, message: 'the database would lose commits' },
  internal: { kind: 'bug', status: 500, retryable: false, message: 'an internal error occurred' },
});

export type ErrorCode = keyof typeof errorDefinitions;

export interface TocsinErrorOptions {
  /** Where in the input the fault is: a JSON pointer such as `/alerts/3/labels`. */
  readonly path?: string;
  /** What exactly is wrong, in lower case, without secrets. */
  readonly detail?: string;
  /** Hint for `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

export class TocsinError extends Error {
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly detail: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, options: TocsinErrorOptions = {}) {
    super(options.detail ?? errorDefinitions[code].message, { cause: options.cause });
    this.name = 'TocsinError';
    this.code = code;
    this.path = options.path;
    this.detail = options.detail;
    this.retryAfterMs = options.retryAfterMs;
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorDefinitions, value);
}

/** The code of any thrown value; what tocsin did not throw itself is `internal`. */
export function errorCodeOf(error: unknown): ErrorCode {
  const code = (error as { code?: unknown } | null)?.code;
  return isErrorCode(code) ? code : 'internal';
}
