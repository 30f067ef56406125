import { hash } from 'node:crypto';
import type { AlertIdentity } from '../domain/ids.ts';

/** `alertStreamOf` of domain/ids by Node's own SHA-256, at a sixth of the cost: every alert that arrives needs one. */
export function fastAlertStreamOf({ tenant, source, fingerprint }: AlertIdentity): string {
  return `alert-${hash('sha256', JSON.stringify([tenant, source, fingerprint]), 'hex').slice(0, 32)}`;
}
