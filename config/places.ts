import type { Path } from './problem.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where each value and each key of a document stands: plain data, which may cross to another thread. */
export interface PlaceIndex {
  /** Offsets in the text by path, as JSON. */
  readonly values: Map<string, number>;
  readonly keys: Map<string, number>;
  /** Paths of values that the environment had a part in. */
  readonly substituted: Set<string>;
  /** The offset at which each line starts. */
  readonly lineStarts: readonly number[];
}

/** Answers where in the file something is. */
export interface Places {
  /** Where the value stands; for one that is missing, what it is missing from. */
  of(path: Path): Place;
  ofKey(path: Path): Place;
  at(offset: number): Place;
  isSubstituted(path: Path): boolean;
}

/** `lineStarts` may still grow: it is filled while the text is read. */
export function createPlaceIndex(lineStarts: readonly number[]): PlaceIndex {
  return { values: new Map(), keys: new Map(), substituted: new Set(), lineStarts };
}

export function keyOf(path: Path): string {
  return JSON.stringify(path);
}

export function createPlaces({ values, keys, substituted, lineStarts }: PlaceIndex): Places {
  const at = (offset: number): Place => {
    const line = Math.max(countUpTo(lineStarts, offset), 1);
    return { line, column: Math.max(offset - (lineStarts[line - 1] ?? 0) + 1, 1) };
  };
  const of = (path: Path): Place => {
    for (let length = path.length; length >= 0; length -= 1) {
      const offset = values.get(keyOf(path.slice(0, length)));
      if (offset !== undefined) return at(offset);
    }
    return at(0);
  };
  return {
    at,
    of,
    ofKey(path) {
      const offset = keys.get(keyOf(path));
      return offset === undefined ? of(path) : at(offset);
    },
    isSubstituted: (path) => substituted.has(keyOf(path)),
  };
}

/** How many of the ascending numbers are at most this one. */
function countUpTo(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
