import type { AlertReference, IncidentSubject } from '../../domain/incident/protocol.ts';
import type { PolicySnapshot, Target } from '../../domain/policy/policy.ts';

export const opsTarget: Target = {
  kind: 'channel',
  name: 'channel:ops',
  channel: 'ops',
  provider: 'webhook',
  updates: false,
};

export function aPolicy(changes: Partial<PolicySnapshot> = {}): PolicySnapshot {
  const step = { targets: [opsTarget], waitMs: 30_000 };
  return { name: 'default', configVersion: 3, repeat: 1, steps: [step, step], ...changes };
}

export function aSubject(changes: Partial<IncidentSubject> = {}): IncidentSubject {
  return { tenant: 'default', route: 'payments', groupLabels: { alertname: 'DiskFull' }, ...changes };
}

export function aReference(changes: Partial<AlertReference> = {}): AlertReference {
  return {
    kind: 'fired',
    lane: 1,
    position: 7,
    incidentId: '0b0e7c3a-9d52-5c66-8f7c-0d8f5f4d9a11',
    severity: 'critical',
    title: 'disk is full',
    source: 'prometheus',
    replaces: false,
    acceptedAt: '2026-01-05T09:00:00.000Z',
    ...changes,
  };
}
