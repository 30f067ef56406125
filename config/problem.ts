import { limits } from '../domain/limits.ts';

/** One thing that is wrong with a configuration file. Never carries a configured value: it may be a secret. */
export interface ConfigProblem {
  readonly file: string;
  /** From 1; 0 when the file could not be read at all. */
  readonly line: number;
  /** From 1; 0 when the file could not be read at all. */
  readonly column: number;
  /** Where in the document, such as `policies.default.steps[0].wait`; empty for the whole. */
  readonly path: string;
  readonly reason: string;
}

export type Path = readonly (string | number)[];

/** A problem before it is known where in the file it stands. */
export interface Finding {
  readonly path: Path;
  readonly reason: string;
  /** Whether the name at the end of the path is meant, not what stands under it. */
  readonly atKey?: boolean;
}

/** A fault of the text itself, found before its values are looked at. */
export interface YamlFault {
  readonly path: Path;
  readonly reason: string;
  /** Characters from the start of the text. */
  readonly offset: number;
}

/** One line for a terminal or a log. */
export function formatProblem({ file, line, column, path, reason }: ConfigProblem): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${reason}`;
}

export function formatPath(path: Path): string {
  return path.map((part, index) => formatPart(part, index === 0)).join('');
}

function formatPart(part: string | number, isFirst: boolean): string {
  if (typeof part === 'number') return `[${part}]`;
  const isPlain = /^[A-Za-z0-9_-]{1,64}$/.test(part);
  if (!isPlain) return `[${quoteKey(part)}]`;
  return isFirst ? part : `.${part}`;
}

/** A key comes from the file and may hold anything, terminal escapes too. */
function quoteKey(key: string): string {
  const short = key.length > limits.maxNameBytes ? `${key.slice(0, limits.maxNameBytes)}…` : key;
  return JSON.stringify(short).replace(
    /\p{C}/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
