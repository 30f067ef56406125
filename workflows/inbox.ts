import { unseen } from '../domain/incident/decide.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { AlertReference, AlertsSignal } from '../domain/incident/protocol.ts';
import type { PolicySnapshot } from '../domain/policy/policy.ts';

export function referencesOf(signals: readonly AlertsSignal[]): AlertReference[] {
  return signals.flatMap(({ references }) => references);
}

export function hasFired(references: readonly AlertReference[]): boolean {
  return references.some(({ kind }) => kind === 'fired');
}

/** Something cleared, or the clock asks for a look. */
export function isWorthAsking(signals: readonly AlertsSignal[]): boolean {
  return signals.some(
    ({ review, references }) => review !== undefined || references.some(({ kind }) => kind === 'cleared'),
  );
}

/** What is left for a new incident after `closed`: only where something fired that `closed` had not taken in. */
export function leftOver(inbox: readonly AlertsSignal[], closed: Incident | undefined): AlertsSignal[] {
  const rest = inbox.flatMap(({ references, ...signal }) => {
    const fresh = unseen(closed?.positions ?? {}, references).filter(
      ({ incidentId }) => incidentId !== closed?.id,
    );
    return fresh.length > 0 ? [{ ...signal, references: fresh }] : [];
  });
  return hasFired(referencesOf(rest)) ? rest : [];
}

/** The alert that opens the next incident, with the policy it was routed to. */
export function findOpener(
  signals: readonly AlertsSignal[],
): { first: AlertReference; policy: PolicySnapshot; groupWaitMs: number | undefined } | undefined {
  for (const { references, policy, groupWaitMs } of signals) {
    const first = references.find(({ kind }) => kind === 'fired');
    if (first !== undefined && policy !== undefined) return { first, policy, groupWaitMs };
  }
  return undefined;
}
