const suspicious = [
  /unhandled ?rejection/i,
  /nondeterminism/i,
  /MaxListenersExceeded/i,
  /\bpanicked\b/,
  /"level":[56]0\b/,
  /\[ERROR\]/,
];

/** I12: lines that no healthy process writes. */
export function unexpectedLines(logs: string, allowed: readonly RegExp[]): string[] {
  return logs
    .split('\n')
    .filter((line) => suspicious.some((pattern) => pattern.test(line)))
    .filter((line) => !allowed.some((pattern) => pattern.test(line)))
    .map((line) => `I12: ${line.slice(0, 1_000)}`);
}
