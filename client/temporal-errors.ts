import { isGrpcServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { isErrorCode, TocsinError } from '../domain/errors.ts';

/** gRPC status codes that say "not now": cancelled, deadline exceeded, resource exhausted, aborted, unavailable. */
const passing = new Set([1, 4, 8, 10, 14]);

export function isNotFound(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError || grpcCodeOf(error) === 5;
}

/**
 * gRPC's failed precondition: the task that carried an update failed, and nobody knows how far it had come. Or the run ended
 * with that task, continuing as new, before it took the update.
 */
export function isUnsettled(error: unknown): boolean {
  const isUnprocessed =
    error instanceof WorkflowUpdateFailedError && causeTypeOf(error) === 'UnprocessedUpdate';
  return isUnprocessed || grpcCodeOf(error) === 9;
}

/** A saga's refusal keeps its code; an engine that is away is `engine_unavailable`; anything else stays as it is. */
export function toTocsinError(error: unknown): unknown {
  if (error instanceof WorkflowUpdateFailedError) return refusalOf(error);
  const code = grpcCodeOf(error);
  if (code !== undefined && passing.has(code)) return new TocsinError('engine_unavailable', { cause: error });
  return error;
}

function refusalOf(error: WorkflowUpdateFailedError): TocsinError {
  const { cause } = error;
  const type = causeTypeOf(error);
  if (!isErrorCode(type)) return new TocsinError('internal', { cause: error });
  return new TocsinError(type, { cause: error, ...(cause !== undefined && { detail: cause.message }) });
}

function causeTypeOf({ cause }: WorkflowUpdateFailedError): unknown {
  return (cause as { type?: unknown } | undefined)?.type;
}

function grpcCodeOf(error: unknown): number | undefined {
  for (let candidate = error, depth = 0; candidate instanceof Error && depth < 5; depth += 1) {
    if (isGrpcServiceError(candidate)) return candidate.code;
    candidate = candidate.cause;
  }
  return undefined;
}
