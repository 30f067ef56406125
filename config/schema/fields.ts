import { z } from 'zod';
import { durationPattern } from '../../domain/duration.ts';
import { limits } from '../../domain/limits.ts';

/** Names become parts of workflow ids, metrics and URLs, so they stay plain and short. */
const namePattern = /^[A-Za-z0-9_.-]+$/;
const nameReason = `must be 1 to ${limits.maxNameBytes} letters, digits, "_", "." or "-"`;

export const tooMany = `must have at most ${limits.maxConfigEntries} entries`;

export const name = z.string().max(limits.maxNameBytes, nameReason).regex(namePattern, nameReason);
export const text = z.string().min(1, 'must not be empty');
export const url = text.max(limits.maxUrlLength, `must have at most ${limits.maxUrlLength} characters`);
export const duration = z
  .string()
  .regex(durationPattern, 'must be a duration such as 500ms, 30s, 5m, 4h or 7d');
export const filePath = text.describe('A file whose content is the value, without its last newline.');

export const labelName = text.refine(
  (value) => Buffer.byteLength(value) <= limits.maxLabelNameBytes,
  `must have at most ${limits.maxLabelNameBytes} bytes`,
);
export const labelValue = z
  .string()
  .refine(
    (value) => Buffer.byteLength(value) <= limits.maxLabelValueBytes,
    `must have at most ${limits.maxLabelValueBytes} bytes`,
  );
export const labelNames = z
  .array(labelName)
  .max(limits.maxLabels, `must have at most ${limits.maxLabels} labels`);

export const matchers = z.array(text).max(limits.maxLabels, `must have at most ${limits.maxLabels} matchers`);
export const someMatchers = matchers.min(1, 'must have at least one matcher');

export const nameList = z.array(name).max(limits.maxConfigEntries, tooMany);

/** A whole number within bounds; each way to miss them gives the same reason. */
export function wholeNumber(min: number, max: number) {
  const reason = `must be a whole number from ${min} to ${max}`;
  return z.number().int(reason).min(min, reason).max(max, reason);
}

/** A list of entries, bounded like every section. */
export function list<T extends z.ZodType>(entry: T) {
  return z.array(entry).max(limits.maxConfigEntries, tooMany);
}

/** One value, or a list of them; it is read as a list in any case. `what` says what one is, such as `an address`. */
export function oneOrSeveral<T extends z.ZodType>(entry: T, { what, max }: { what: string; max: number }) {
  return z
    .union([entry, z.array(entry).min(1).max(max)], `must be ${what}, or a list of 1 to ${max} of them`)
    .transform((value): z.output<T>[] => (Array.isArray(value) ? value : [value]));
}

/** A map from names of ours to entries, bounded like every section. */
export function named<T extends z.ZodType>(entry: T) {
  return z
    .record(name, entry)
    .refine((entries) => Object.keys(entries).length <= limits.maxConfigEntries, tooMany);
}

/** A map from label names to something, at most as many as an alert may have. */
export function byLabel<T extends z.ZodType>(entry: T) {
  return z
    .record(labelName, entry)
    .refine(
      (entries) => Object.keys(entries).length <= limits.maxLabels,
      `must have at most ${limits.maxLabels} labels`,
    );
}

/** A token bucket, in alerts. */
export const rateSchema = z.strictObject({
  per_second: z
    .number()
    .positive('must be greater than zero')
    .max(limits.maxConfiguredAlerts, `must be at most ${limits.maxConfiguredAlerts}`)
    .describe('Alerts per second in the long run.'),
  burst: wholeNumber(1, limits.maxConfiguredAlerts)
    .optional()
    .describe('Alerts at once after a pause. Default: those of five seconds.'),
});
