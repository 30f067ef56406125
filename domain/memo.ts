/** Remembers what was worked out of a list of texts, for the lists that were asked for last. */
export interface Memo<T extends object> {
  get(texts: readonly string[]): T | undefined;
  set(texts: readonly string[], value: T): void;
}

/** Text by text, so that a look makes no joint key: putting one together and hashing it takes longer than finding it. */
interface Branch<T> {
  readonly below: Map<string, Branch<T>>;
  value?: T;
}

/**
 * Keeps between `maxEntries / 2` and `maxEntries` of the newest. What was not asked for while so many others came is
 * forgotten together with its generation, which costs less than finding the oldest entry each time.
 */
export function createMemo<T extends object>(maxEntries: number): Memo<T> {
  const maxYoung = Math.ceil(maxEntries / 2);
  let young: Branch<T> = { below: new Map() };
  let old: Branch<T> = { below: new Map() };
  let count = 0;
  const set = (texts: readonly string[], value: T): void => {
    if (count >= maxYoung) {
      old = young;
      young = { below: new Map() };
      count = 0;
    }
    count += 1;
    grow(young, texts).value = value;
  };
  return {
    set,
    get(texts) {
      const value = find(young, texts);
      if (value !== undefined) return value;
      const kept = find(old, texts);
      if (kept !== undefined) set(texts, kept);
      return kept;
    },
  };
}

function find<T>(root: Branch<T>, texts: readonly string[]): T | undefined {
  let branch: Branch<T> | undefined = root;
  for (const text of texts) {
    branch = branch.below.get(text);
    if (branch === undefined) return undefined;
  }
  return branch.value;
}

function grow<T>(root: Branch<T>, texts: readonly string[]): Branch<T> {
  let branch = root;
  for (const text of texts) {
    const next: Branch<T> = branch.below.get(text) ?? { below: new Map() };
    branch.below.set(text, next);
    branch = next;
  }
  return branch;
}
