import type { TocsinConfig } from './config.ts';

/** The configuration under its registered number, which its policies carry into the incidents they open. */
export function withVersion(config: TocsinConfig, version: number): TocsinConfig {
  const policies = new Map(
    [...config.policies].map(([name, policy]) => [name, { ...policy, configVersion: version }]),
  );
  return Object.freeze({ ...config, version, policies });
}
