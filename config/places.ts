import type { LineCounter } from 'yaml';
import type { Path } from './problem.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Remembers where each value and each key of a document stands. */
export interface Places {
  add(path: Path, offset: number): void;
  addKey(path: Path, offset: number): void;
  /** Where the value stands; for one that is missing, what it is missing from. */
  of(path: Path): Place;
  ofKey(path: Path): Place;
  at(offset: number): Place;
  /** Marks a value that the environment had a part in. */
  markSubstituted(path: Path): void;
  isSubstituted(path: Path): boolean;
}

export function createPlaces(lines: LineCounter): Places {
  const values = new Map<string, number>();
  const keys = new Map<string, number>();
  const substituted = new Set<string>();
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const of = (path: Path): Place => {
    for (let length = path.length; length >= 0; length -= 1) {
      const offset = values.get(JSON.stringify(path.slice(0, length)));
      if (offset !== undefined) return at(offset);
    }
    return at(0);
  };
  return {
    add: (path, offset) => void values.set(JSON.stringify(path), offset),
    addKey: (path, offset) => void keys.set(JSON.stringify(path), offset),
    of,
    ofKey(path) {
      const offset = keys.get(JSON.stringify(path));
      return offset === undefined ? of(path) : at(offset);
    },
    at,
    markSubstituted: (path) => void substituted.add(JSON.stringify(path)),
    isSubstituted: (path) => substituted.has(JSON.stringify(path)),
  };
}
