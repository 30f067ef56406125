import { parseMatchers } from '../domain/matcher/parse-matcher.ts';

/** Labels as one types matchers: `alertname="Down", severity=critical`. Throws an Error that names the option. */
export function readLabels(text: string, option: string): Readonly<Record<string, string>> {
  const labels = new Map<string, string>();
  for (const { name, operator, value } of parseMatchers(text)) {
    if (operator !== '=') throw new Error(`${option} takes values, each written name="value"`);
    if (labels.has(name)) throw new Error(`${option} names a label twice`);
    labels.set(name, value);
  }
  return Object.fromEntries(labels);
}
