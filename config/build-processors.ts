import { checkPattern } from './check-pattern.ts';
import { type Checks, checkTwice, durationBounds, readDuration } from './checks.ts';
import type { ProcessorSpec } from './config.ts';
import { type Entry, validEntries } from './entries.ts';
import type { Path } from './problem.ts';
import { readMatchers } from './read-matchers.ts';
import { type ProcessorInput, type ProcessorKind, processorSchema } from './schema/processors.ts';

/** The part of an entry under the key of its kind, and where it stands. */
interface Part<K extends ProcessorKind> {
  readonly input: NonNullable<ProcessorInput[K]>;
  readonly path: Path;
  readonly checks: Checks;
}

type Builders = { readonly [K in ProcessorKind]: (part: Part<K>) => ProcessorSpec };

/** The processors of one chain, in their order; `path` is where the parent of `processors` stands. */
export function buildProcessors(parent: unknown, path: Path, checks: Checks): readonly ProcessorSpec[] {
  return validEntries(parent, 'processors', processorSchema).flatMap((entry) =>
    buildProcessor({ ...entry, path: [...path, ...entry.path] }, checks),
  );
}

/** The schema has seen that there is exactly one key. */
function buildProcessor({ path, value }: Entry<ProcessorInput>, checks: Checks): readonly ProcessorSpec[] {
  const build = <K extends ProcessorKind>(kind: K): readonly ProcessorSpec[] => {
    const input = value[kind];
    return input === undefined ? [] : [builders[kind]({ input, path: [...path, kind], checks })];
  };
  return (Object.keys(value) as ProcessorKind[]).flatMap(build);
}

const builders: Builders = {
  add_labels: ({ input }) => ({ kind: 'add_labels', labels: input }),
  drop_labels: ({ input, path, checks }) => {
    checkTwice(input, path, checks);
    return { kind: 'drop_labels', names: input };
  },
  rename_label: ({ input: { from, to }, path, checks }) => {
    if (from === to) checks.findings.error([...path, 'to'], 'is the same as from');
    return { kind: 'rename_label', from, to };
  },
  map_severity: ({ input: { label, values, otherwise }, path, checks }) => {
    const lowerCase = lowerCaseKeys(values, [...path, 'values'], checks);
    return {
      kind: 'map_severity',
      label,
      values: lowerCase,
      ...(otherwise !== undefined && { otherwise }),
    };
  },
  redact: ({ input: { card_numbers: cardNumbers, secrets, patterns }, path, checks }) => {
    if (!cardNumbers && !secrets && patterns.length === 0)
      checks.findings.error(path, 'has nothing to do; give card_numbers, secrets or patterns');
    for (const [index, text] of patterns.entries()) checkPattern(text, [...path, 'patterns', index], checks);
    return { kind: 'redact', cardNumbers, secrets, patterns };
  },
  sample: ({ input: { match, keep }, path, checks }) => ({
    kind: 'sample',
    match: readMatchers(match, [...path, 'match'], checks) ?? [],
    keep,
  }),
  outlier: ({ input }) => ({ kind: 'outlier', ...input }),
  limit: ({ input: { match, alerts, per, by }, path, checks }) => {
    checkTwice(by, [...path, 'by'], checks);
    return {
      kind: 'limit',
      match: readMatchers(match, [...path, 'match'], checks) ?? [],
      alerts,
      perMs: readDuration(per, [...path, 'per'], { ...checks, ...durationBounds.window }),
      by,
    };
  },
};

/** Words of senders are compared without case, so two that differ in it only would hide one another. */
export function lowerCaseKeys<T>(
  values: Readonly<Record<string, T>>,
  path: Path,
  { findings }: Pick<Checks, 'findings'>,
): ReadonlyMap<string, T> {
  const result = new Map<string, T>();
  for (const [key, value] of Object.entries(values)) {
    const lowerCase = key.toLowerCase();
    if (result.has(lowerCase)) findings.errorAtKey([...path, key], 'is listed twice, in another letter case');
    result.set(lowerCase, value);
  }
  return result;
}
