import type { Alert, Labels } from '../../domain/alert/alert.ts';
import type { Severity } from '../../domain/severity.ts';
import type { Extra } from './extra.ts';
import { flagsOf, type Reading } from './reading.ts';

/** An alert's parts as they were read. */
export interface AlertParts {
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly severity: Severity;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  /** Milliseconds since 1970. */
  readonly endsAtMs?: number | undefined;
  readonly expiresAtMs?: number | undefined;
  readonly generatorUrl?: string | undefined;
  readonly extra?: Extra | undefined;
}

interface AlertOwner {
  readonly tenant: string;
  readonly source: string;
}

type Draft = { -readonly [K in keyof Alert]: Alert[K] };

/** The normalised alert; what is absent has no field. Spreading them in conditionally is several times as slow. */
export function buildAlert(parts: AlertParts, { tenant, source }: AlertOwner, reading: Reading): Alert {
  const { fingerprint, status, severity, labels, annotations, startsAt } = parts;
  const alert: Draft = { tenant, source, fingerprint, status, severity, labels, annotations, startsAt };
  if (parts.endsAtMs !== undefined) alert.endsAt = new Date(parts.endsAtMs).toISOString();
  if (parts.expiresAtMs !== undefined) alert.expiresAt = new Date(parts.expiresAtMs).toISOString();
  if (parts.generatorUrl !== undefined) alert.generatorUrl = parts.generatorUrl;
  if (parts.extra !== undefined) alert.extra = parts.extra;
  const flags = flagsOf(reading);
  if (flags !== undefined) alert.flags = flags;
  return alert;
}
