/** None of these means anything to a regular expression but itself, and `|` between them. */
const onlyWords = /^[A-Za-z0-9_ :/|-]*$/;

/**
 * The texts that a pattern such as `payments|core` matches as a whole, when it does no more than list them: then they
 * can be looked up. Undefined for any other pattern.
 */
export function patternWords(pattern: string): ReadonlySet<string> | undefined {
  return onlyWords.test(pattern) ? new Set(pattern.split('|')) : undefined;
}
