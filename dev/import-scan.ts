export interface FoundImport {
  readonly specifier: string;
  /** Erased before the code runs: `import type`, `export type … from`, or a type of the form `import('…').X`. */
  readonly isType: boolean;
  /** From 1. */
  readonly line: number;
}

/*
 * Biome's format, which is checked first, puts static imports at the start of a line and quotes them singly; so
 * patterns are enough, and no parser has to know each new piece of syntax.
 */
const patterns: readonly RegExp[] = [
  /^(?<head>import|export)(?<type> type)? [^'";]*?from '(?<specifier>[^']+)'/gm,
  /^(?<head>import) '(?<specifier>[^']+)'/gm,
  /\bimport\(\s*'(?<specifier>[^']+)'/g,
];
const computedImport = /(?<![\w.'`])import\((?!\s*')/g;
const comments = /^\s*(?:\/\/|\*|\/\*).*$/gm;

/** Every import of a module in our format, in the order of its lines. */
export function scanImports(source: string): FoundImport[] {
  const text = source.replaceAll(comments, '');
  const found = patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({
      specifier: match.groups?.specifier ?? '',
      isType: match.groups?.type !== undefined,
      line: lineOf(text, match.index),
    })),
  );
  return found.sort((a, b) => a.line - b.line);
}

/** Lines with an `import(…)` of something that is not a literal, which nobody can check. */
export function scanComputedImports(source: string): number[] {
  const text = source.replaceAll(comments, '');
  return [...text.matchAll(computedImport)].map((match) => lineOf(text, match.index));
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
