import { sampleOf } from '../domain/alert/alert.ts';
import type { AlertsSignal, IncidentSubject } from '../domain/incident/protocol.ts';
import { limits } from '../domain/limits.ts';
import type { PolicySnapshot } from '../domain/policy/policy.ts';
import type { DispatchItem } from './incident-queue.ts';
import { joinReferences } from './join-references.ts';

export type PolicyLookup = (configVersion: number, name: string) => Promise<PolicySnapshot>;

/** One incident's waiting items as one signal, with the policy that the opening alert was routed to. */
export async function alertsSignalOf(
  items: readonly DispatchItem[],
  policyOf: PolicyLookup,
): Promise<{ subject: IncidentSubject; signal: AlertsSignal }> {
  const opener = items.find(({ reference }) => reference.kind === 'fired') ?? items[0];
  if (opener === undefined) throw new Error('a signal needs an alert');
  const policy = await policyOf(opener.configVersion, opener.policy);
  const { subject, groupWaitMs } = opener;
  const references = withSamples(items);
  return { subject, signal: { policy, references, ...(groupWaitMs !== undefined && { groupWaitMs }) } };
}

/** Samples only for as many alerts as a saga keeps; what comes after them mostly tells the same. */
function withSamples(items: readonly DispatchItem[]): AlertsSignal['references'] {
  return joinReferences(
    items.map(({ reference, alert }, index) =>
      alert === undefined || index >= limits.maxSamples
        ? reference
        : { ...reference, sample: sampleOf(alert) },
    ),
  );
}
