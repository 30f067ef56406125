import type { TocsinConfig } from '../config/config.ts';
import { TocsinError } from '../domain/errors.ts';
import type { PolicySnapshot } from '../domain/policy/policy.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface PolicyLookupDeps {
  readonly config: () => Pick<TocsinConfig, 'version' | 'policies'>;
  /** Policies of an older configuration, as the store keeps them. */
  readPolicies(version: number): Promise<Readonly<Record<string, PolicySnapshot>> | undefined>;
  readonly logger: Logger;
}

/** Configurations of which alerts may still wait; older ones are read again. */
const maxVersions = 50;

/** The policy that an alert was routed to, under the configuration that decided it. */
export function createPolicyLookup({ config, readPolicies, logger }: PolicyLookupDeps) {
  const older = new Map<number, Readonly<Record<string, PolicySnapshot>>>();

  const policiesOf = async (version: number): Promise<Readonly<Record<string, PolicySnapshot>>> => {
    const known = older.get(version) ?? (await readPolicies(version)) ?? {};
    older.set(version, known);
    for (const oldest of older.keys()) if (older.size > maxVersions) older.delete(oldest);
    return known;
  };

  return async (version: number, name: string): Promise<PolicySnapshot> => {
    const current = config();
    const pinned =
      version === current.version ? current.policies.get(name) : (await policiesOf(version))[name];
    if (pinned !== undefined) return pinned;
    // somebody must be paged even if the registered configuration is gone
    const substitute = current.policies.get(name) ?? current.policies.values().next().value;
    if (substitute === undefined)
      throw new TocsinError('invalid_config', { detail: 'there is no policy at all' });
    logger.error(
      { version, policy: name, substitute: substitute.name },
      'the policy of an alert is gone: another is used',
    );
    return substitute;
  };
}
