import { z } from 'zod';
import type { Path } from './problem.ts';

/** Which keys could have been meant at this place of `value`; none where the schema knows no map. */
export function knownKeysAt(schema: z.core.$ZodType, value: unknown, path: Path): readonly string[] {
  const [part, ...rest] = path;
  const bare = unwrap(schema);
  if (bare instanceof z.ZodDiscriminatedUnion) return knownKeysAt(optionOf(bare, value), value, path);
  if (part === undefined) return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
  const below = schemaBelow(bare, part);
  return below === undefined ? [] : knownKeysAt(below, memberOf(value, part), rest);
}

/** What a default or an `optional` is put around. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return isWrapped ? unwrap(schema.unwrap()) : schema;
}

function schemaBelow(schema: z.core.$ZodType, part: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (!(schema instanceof z.ZodObject)) return undefined;
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  return Object.hasOwn(shape, part) ? shape[part] : undefined;
}

/** The option whose own literal stands under the discriminator; of an unknown one nobody knows the keys. */
function optionOf(union: z.ZodDiscriminatedUnion, value: unknown): z.core.$ZodType {
  const given = memberOf(value, union.def.discriminator);
  const fits = (option: z.core.$ZodType) =>
    option instanceof z.ZodObject && option.shape[union.def.discriminator]?.safeParse(given).success;
  return union.options.find(fits) ?? z.never();
}

function memberOf(parent: unknown, part: string | number): unknown {
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, part)) return undefined;
  return (parent as Record<string | number, unknown>)[part];
}

/** What stands at the path, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce(memberOf, value);
}
