import type { z } from 'zod';
import type { Path } from './problem.ts';

/** One well-formed entry of a section; those that are not were told of already. */
export interface Entry<T> {
  readonly path: Path;
  /** The entry's key, or its place in the list. */
  readonly key: string;
  readonly value: T;
}

/** The entries of a list or a map that fit the schema, so that one broken entry hides no problem of the others. */
export function validEntries<T>(
  document: unknown,
  section: string,
  schema: z.ZodType<T>,
): readonly Entry<T>[] {
  return rawEntries(document, section).flatMap(({ path, key, value }) => {
    const parsed = parseKnown(schema, value);
    return parsed === undefined ? [] : [{ path, key, value: parsed }];
  });
}

/** A part of the document, when it fits the schema. */
export function validPart<T>(document: unknown, name: string, schema: z.ZodType<T>): T | undefined {
  return parseKnown(schema, recordOf(document)[name]);
}

export function rawEntries(parent: unknown, section: string): readonly Entry<unknown>[] {
  const entries = recordOf(parent)[section];
  if (Array.isArray(entries)) {
    return entries.map((value: unknown, index) => ({ path: [section, index], key: String(index), value }));
  }
  return Object.entries(recordOf(entries)).map(([key, value]) => ({ path: [section, key], key, value }));
}

/** An unknown key is a fault of its own and hides nothing else. */
function parseKnown<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const unknownKeys = new Set(parsed.error.issues.flatMap(unknownKeysOf));
  if (unknownKeys.size === 0) return undefined;
  const known = Object.entries(recordOf(value)).filter(([key]) => !unknownKeys.has(key));
  return schema.safeParse(Object.fromEntries(known)).data;
}

function unknownKeysOf(issue: z.core.$ZodIssue): readonly string[] {
  return issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Readonly<Record<string, unknown>>) : {};
}
