import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { duration, text, wholeNumber } from './fields.ts';

export const stepSchema = z.strictObject({
  notify: z
    .array(text)
    .min(1, 'must name at least one target')
    .max(limits.maxTargetsPerStep, `must have at most ${limits.maxTargetsPerStep} targets`)
    .describe('Targets, each `channel:NAME`.'),
  wait: duration.describe("From this step's start to the next one's, at most 30d."),
});

export const policySchema = z.strictObject({
  repeat: wholeNumber(0, limits.maxRepeats)
    .default(0)
    .describe('How many rounds follow the first one while nobody acknowledges.'),
  steps: z
    .array(stepSchema)
    .min(1, 'must have at least one step')
    .max(limits.maxPolicySteps, `must have at most ${limits.maxPolicySteps} steps`)
    .describe('In the order in which they are taken.'),
});

export type StepInput = z.infer<typeof stepSchema>;
