import type { Finding, Path } from './problem.ts';

/** Collects what the checks find, so that everything is told at once. */
export interface Findings {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  error(path: Path, reason: string): void;
  errorAtKey(path: Path, reason: string): void;
  warnAtKey(path: Path, reason: string): void;
}

export function createFindings(): Findings {
  const errors: Finding[] = [];
  const warnings: Finding[] = [];
  return {
    errors,
    warnings,
    error: (path, reason) => void errors.push({ path, reason }),
    errorAtKey: (path, reason) => void errors.push({ path, reason, atKey: true }),
    warnAtKey: (path, reason) => void warnings.push({ path, reason, atKey: true }),
  };
}
