import { cutText } from '../domain/alert/alert.ts';
import { type ErrorCode, errorCodeOf, errorDefinitions } from '../domain/errors.ts';

/** RFC 9457, with our stable `code` and, for input, the `path` of what is wrong. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly path?: string;
  readonly request_id?: string;
  /** The refused alerts of a batch. */
  readonly rejected?: unknown;
  /** What is wrong with the configuration, each with its place in the file. */
  readonly problems?: unknown;
}

export const problemContentType = 'application/problem+json; charset=utf-8';

/** Codes of the HTTP framework in our own words; they are classified by `code` like everything else. */
const frameworkCodes: ReadonlyMap<string, ErrorCode> = new Map([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'too_large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'invalid_request'],
  ['FST_ERR_ROUTE_MISSING_CONTENT_TYPE', 'unsupported_media_type'],
  ['FST_ERR_BAD_URL', 'invalid_request'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'not_found'],
  ['FST_ERR_NOT_FOUND', 'not_found'],
]);

/** The code of whatever a request failed with. A bug stays `internal`, whatever it calls itself. */
export function codeOfFailure(error: unknown): ErrorCode {
  const known = errorCodeOf(error);
  if (known !== 'internal') return known;
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  const translated = typeof code === 'string' ? frameworkCodes.get(code) : undefined;
  if (translated !== undefined) return translated;
  const isClientsFault = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  return isClientsFault ? 'invalid_request' : 'internal';
}

export function problemOf(error: unknown, requestId?: string): Problem {
  const code = codeOfFailure(error);
  const { kind, status, message } = errorDefinitions[code];
  const { detail, path } = kind === 'bug' ? {} : hintsOf(error);
  return {
    type: `urn:tocsin:problem:${code}`,
    title: message,
    status,
    code,
    ...(detail !== undefined && { detail }),
    ...(path !== undefined && { path }),
    ...(requestId !== undefined && { request_id: requestId }),
  };
}

/** Whole seconds for `Retry-After`, at least 1; undefined where trying again is of no use. */
export function retryAfterSecondsOf(error: unknown): number | undefined {
  const { retryable, status } = errorDefinitions[codeOfFailure(error)];
  const isBusy: boolean = ([429, 503] as readonly number[]).includes(status);
  if (!retryable || !isBusy) return undefined;
  const hintMs = (error as { retryAfterMs?: unknown }).retryAfterMs;
  return typeof hintMs === 'number' && hintMs > 0 ? Math.max(1, Math.ceil(hintMs / 1_000)) : 1;
}

/** Only what carries a code of ours is trusted to hold no secrets. */
function hintsOf(error: unknown): { detail?: string | undefined; path?: string | undefined } {
  if (errorCodeOf(error) === 'internal') return {};
  const { detail, path } = error as { detail?: unknown; path?: unknown };
  return { detail: textOf(detail), path: textOf(path) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? cutText(value, 512) : undefined;
}
