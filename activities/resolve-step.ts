import { ApplicationFailure } from '@temporalio/activity';
import type { StepQuestion, StepResolution } from '../domain/people/step-resolution.ts';
import type { SagaActivities } from './activities.ts';

export interface ResolveStepDeps {
  /** Whom the step pages at its instant, by the configuration in force and the schedules' overrides. */
  resolve(question: StepQuestion): Promise<StepResolution>;
}

/**
 * The saga's one question to the world of people and hours. Throws what `resolve` throws, and the saga asks again; but what
 * is a fault of the calculation itself is refused for good, as the same question would fail for ever and page nobody.
 */
export function createResolveStep({ resolve }: ResolveStepDeps): SagaActivities['resolveStep'] {
  return async (question) => {
    try {
      return await resolve(question);
    } catch (error) {
      throw isFault(error) ? ApplicationFailure.nonRetryable(error.message, error.name) : error;
    }
  };
}

function isFault(error: unknown): error is Error {
  return error instanceof TypeError || error instanceof RangeError;
}
