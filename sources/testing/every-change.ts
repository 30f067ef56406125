export type Path = readonly (string | number)[];

/** For fuzz tests: one wrong version of a body. */
export interface ChangedBody {
  /** What was changed. */
  readonly path: Path;
  readonly change: string;
  readonly body: unknown;
}

type Holder = Record<string | number, unknown>;

const swaps: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  // what JSON.parse makes of 1e999, and of a whole number with too many digits
  Number.POSITIVE_INFINITY,
  JSON.parse('12345678901234567890'),
  '',
  'x',
  '\0\ud800',
  'x'.repeat(5_000),
  [],
  {},
  [[]],
  { a: { b: 1 } },
  JSON.parse('{"__proto__":{"status":"firing"}}'),
  ['x'],
];

const changes: readonly (readonly [string, (parent: Holder, key: string | number) => void])[] = [
  ['drop', (parent, key) => (Array.isArray(parent) ? parent.splice(Number(key), 1) : delete parent[key])],
  [
    'double',
    (parent, key) => {
      if (Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(parent[Number(key)]));
      else parent[`${key}2`] = parent[key];
    },
  ],
  ...swaps.map(
    (value) =>
      [
        `swap for ${JSON.stringify(value)?.slice(0, 40)}`,
        (parent: Holder, key: string | number) => {
          parent[key] = structuredClone(value);
        },
      ] as const,
  ),
];

/** Each path of a body dropped, doubled, and swapped for values of every type. */
export function* everyChangeOf(body: unknown): Generator<ChangedBody> {
  for (const path of pathsOf(body)) {
    for (const [change, apply] of changes) {
      const holder: Holder = { body: structuredClone(body) };
      const full = ['body', ...path];
      const key = full.pop() ?? 'body';
      // biome-ignore lint/suspicious/noExplicitAny: walks a path that pathsOf found in the same value.
      const parent = full.reduce<any>((value, step) => value[step], holder);
      apply(parent, key);
      yield { path, change, body: holder.body };
    }
  }
}

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const below = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [at, ...below.flatMap(([key, child]) => pathsOf(child, [...at, key]))];
}
