import type { Severity } from '../domain/severity.ts';

const words: Readonly<Record<Severity, readonly string[]>> = {
  critical: ['critical', 'crit', 'page', 'fatal', 'emergency', 'disaster', 'p0', 'p1', 'sev0', 'sev1'],
  error: ['error', 'err', 'high', 'major', 'p2', 'sev2'],
  warning: ['warning', 'warn', 'medium', 'moderate', 'minor', 'average', 'p3', 'sev3'],
  info: [
    'info',
    'informational',
    'information',
    'notice',
    'low',
    'debug',
    'none',
    'p4',
    'p5',
    'sev4',
    'sev5',
  ],
};

const severityByWord = new Map<string, Severity>([
  ...words.critical.map((word) => [word, 'critical'] as const),
  ...words.error.map((word) => [word, 'error'] as const),
  ...words.warning.map((word) => [word, 'warning'] as const),
  ...words.info.map((word) => [word, 'info'] as const),
]);

/**
 * A sender's word as one of the four severities, whatever its case. A word that is missing or unknown is `error`: worth
 * a page, yet not ahead of what is known to be critical.
 */
export function severityOf(word: string | undefined): Severity {
  return findSeverity(word) ?? 'error';
}

/** The same, but undefined for a word that is missing or unknown. */
export function findSeverity(word: string | undefined): Severity | undefined {
  if (word === undefined) return undefined;
  return severityByWord.get(word) ?? severityByWord.get(word.trim().toLowerCase());
}
