import { rawEntries, validEntries } from './entries.ts';
import type { Findings } from './findings.ts';
import { routeSchema, stepSchema } from './schema.ts';

/** What is defined and named nowhere is most often a typing error or a leftover; the configuration works all the same. */
export function warnOfUnused(document: unknown, findings: Findings): void {
  const usedPolicies = new Set(
    validEntries(document, 'routes', routeSchema).map(({ value }) => value.policy),
  );
  warn('policies', usedPolicies, 'no route uses this policy');
  const targets = rawEntries(document, 'policies').flatMap(({ value: policy }) =>
    validEntries(policy, 'steps', stepSchema).flatMap(({ value }) => value.notify),
  );
  const usedChannels = new Set(targets.map((target) => target.replace(/^channel:/, '')));
  warn('channels', usedChannels, 'no policy notifies this channel');

  function warn(section: string, used: ReadonlySet<string>, reason: string): void {
    for (const { path, key } of rawEntries(document, section)) {
      if (!used.has(key)) findings.warnAtKey(path, reason);
    }
  }
}
