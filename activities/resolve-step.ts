import type { StepQuestion, StepResolution } from '../domain/people/step-resolution.ts';
import type { SagaActivities } from './activities.ts';

export interface ResolveStepDeps {
  /** Whom the step pages at its instant, by the configuration in force and the schedules' overrides. */
  resolve(question: StepQuestion): Promise<StepResolution>;
}

/** The saga's one question to the world of people and hours. Throws what `resolve` throws; the saga then asks again. */
export function createResolveStep({ resolve }: ResolveStepDeps): SagaActivities['resolveStep'] {
  return (question) => resolve(question);
}
