import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { severities } from '../../domain/severity.ts';
import { duration, matchers, name, text, wholeNumber } from './fields.ts';

const urgencies = ['high', 'low'] as const;

/** Targets, as texts: what they name is looked up later. */
export const targets = z
  .array(text)
  .min(1, 'must name at least one target')
  .max(limits.maxTargetsPerStep, `must have at most ${limits.maxTargetsPerStep} targets`);

export const conditionSchema = z
  .strictObject({
    severity: z
      .array(z.enum(severities))
      .min(1, 'must have at least one severity')
      .optional()
      .describe('The incident is of one of these severities.'),
    urgency: z.enum(urgencies).optional().describe('The incident is of this urgency.'),
    match: matchers
      .min(1, 'must have at least one matcher')
      .optional()
      .describe("Matchers over the labels of the incident's first alert, which must all match."),
    hours: name.optional().describe('It is within this time interval.'),
    outside_hours: name.optional().describe('It is outside this time interval.'),
    alerts: wholeNumber(1, limits.maxConfiguredAlerts)
      .optional()
      .describe('At least so many alerts have joined.'),
    open_for: duration.optional().describe('The incident has been open for at least so long.'),
  })
  .refine(
    (condition) => Object.keys(condition).length > 0,
    'must have at least one of severity, urgency, match, hours, outside_hours, alerts and open_for',
  );

export type ConditionInput = z.infer<typeof conditionSchema>;

/** What a step that pages somebody says. */
const pageFields = {
  notify: targets
    .optional()
    .describe('Targets, each `channel:NAME`, `user:NAME` or `schedule:NAME`. Required without `then`.'),
  wait: duration
    .optional()
    .describe("From this step's start to the next one's, at most 30d. Required with `notify`."),
  mode: z
    .enum(['all', 'first_success', 'all_or_nothing'])
    .optional()
    .describe(
      '`first_success` pages one target after the other until one page is delivered; `all_or_nothing` takes back what was delivered when one fails. Default: `all`.',
    ),
  round_robin: z
    .boolean()
    .optional()
    .describe('Pages one of the people that the targets name, in turn from incident to incident.'),
  delay_until: name
    .optional()
    .describe('Incidents of low urgency wait for the next time of this time interval.'),
};

const ifText =
  'Conditions that must all hold when the step is due; otherwise it is skipped at once, or the steps of `else` are taken.';

/** Each level has its own schema, so that the last one can say that there is none below it. */
function stepAt(depth: number): z.ZodObject {
  const steps =
    depth < limits.maxBranchDepth
      ? stepList(stepAt(depth + 1))
      : z.never(`branches are nested at most ${limits.maxBranchDepth} deep`);
  return z.strictObject({
    ...pageFields,
    if: conditionSchema.optional().describe(ifText),
    // biome-ignore lint/suspicious/noThenProperty: a schema is awaited by nobody, and the language has this word
    then: steps
      .optional()
      .describe('Steps instead of `notify`, each taken if the conditions hold when it is due.'),
    else: steps.optional().describe('Steps that are each taken if the conditions of `if` do not hold.'),
  });
}

function stepList(step: z.ZodObject) {
  return z
    .array(step)
    .min(1, 'must have at least one step')
    .max(limits.maxPolicySteps, `must have at most ${limits.maxPolicySteps} steps`);
}

export const stepSchema = stepAt(0);

/** A step whose larger parts are looked at one by one, so that a fault in one hides none in the others. */
export const stepEntrySchema = z.strictObject({
  ...pageFields,
  if: z.unknown().optional(),
  // biome-ignore lint/suspicious/noThenProperty: as above
  then: z.unknown().optional(),
  else: z.unknown().optional(),
});

export type StepInput = z.infer<typeof stepEntrySchema>;

/** The times of a policy, all optional. */
export const policyTimes = {
  ack_timeout: duration
    .optional()
    .describe(
      'Acknowledged, but not resolved for so long: the escalation begins anew. Default: an acknowledgement holds.',
    ),
  remind_every: duration
    .optional()
    .describe('While it is acknowledged, whoever was paged last is reminded so often. Default: never.'),
  auto_resolve: duration
    .optional()
    .describe(
      'No alert has joined it for so long: it resolves by itself. Repeats of what fires already do not count. For senders that never say resolved. Default: never.',
    ),
  resolve_hold: duration
    .optional()
    .describe(
      'Nothing fires any more: it stays open for so long, in case it comes back. Default: not at all.',
    ),
  reopen_after: duration
    .optional()
    .describe(
      'A human resolved it and its alerts fire on for so long: they open a new incident. Default: they stay quiet until they clear.',
    ),
  max_age: duration
    .optional()
    .describe(
      'A step that is overdue by more, because paging was down, is not sent; `on_exhausted` is paged instead. Default: no limit.',
    ),
};

export const policySchema = z.strictObject({
  repeat: wholeNumber(0, limits.maxRepeats)
    .default(0)
    .describe('How many rounds follow the first one while nobody acknowledges.'),
  urgency: z
    .enum(urgencies)
    .optional()
    .describe('Which rules of people count. Default: `high` for critical and error, `low` for the others.'),
  ...policyTimes,
  on_exhausted: targets
    .optional()
    .describe(
      'Channels that are paged when all rounds are over without an answer, and where a step finds nobody. Default: `fallback`.',
    ),
  steps: stepList(stepSchema).describe('In the order in which they are taken.'),
});
