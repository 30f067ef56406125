/**
 * How much of a sender's alert must be as its format says. `strict`: any unknown or wrong field refuses the alert.
 * `lenient`: unknown fields are kept and optional ones may be absent. `coercive`: as lenient, and wrong types are
 * converted where nothing is lost, which is noted on the alert.
 */
export const validationModes = ['strict', 'lenient', 'coercive'] as const;
export type ValidationMode = (typeof validationModes)[number];
