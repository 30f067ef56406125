export const severities = ['critical', 'error', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

/** 0 is the most severe; also the order in which waiting work is taken. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

export function mostSevere(a: Severity, b: Severity): Severity {
  return severityRank(a) <= severityRank(b) ? a : b;
}
