import type { FastifySchemaValidationError } from 'fastify';
import { z } from 'zod';
import { TocsinError } from '../domain/errors.ts';

/** Strict about types and unknown fields: ajv's habit of bending the input until it fits would hide mistakes. */
export const ajvOptions = {
  customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: true, allErrors: false },
} as const;

/** `input`: a field with a default may be left out. */
export function toAjvSchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
}

/** The first fault of a request, as an error of ours with the JSON pointer of what is wrong. */
export function toInputError(faults: FastifySchemaValidationError[], part: string): TocsinError {
  const [fault] = faults;
  const code = part === 'body' ? 'invalid_command' : 'invalid_request';
  if (fault === undefined) return new TocsinError(code);
  const field = fault.params.additionalProperty ?? fault.params.missingProperty;
  const path =
    typeof field === 'string' ? `${fault.instancePath}/${escapePointer(field)}` : fault.instancePath;
  return new TocsinError(code, { path, detail: describe(fault) });
}

function describe({ keyword, params, message }: FastifySchemaValidationError): string {
  if (keyword === 'additionalProperties') return 'this field is unknown';
  if (keyword === 'required') return 'this field is missing';
  if (keyword === 'enum' && Array.isArray(params.allowedValues)) {
    return `must be one of ${params.allowedValues.join(', ')}`;
  }
  return (message ?? 'is not valid').toLowerCase();
}

/** RFC 6901, section 3. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/**
 * A hook for before validation. A query string holds texts only: digits of the fields named become numbers, for the
 * schema to judge, and a field left empty (`?state=&q=disk`) is a field left out.
 */
export function readIntegers(...integerFields: readonly string[]) {
  return (request: { query: unknown }, _reply: unknown, done: () => void): void => {
    const fields: [string, unknown][] = [];
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value === '') continue;
      const isInteger = integerFields.includes(name) && typeof value === 'string' && /^\d{1,15}$/.test(value);
      fields.push([name, isInteger ? Number(value) : value]);
    }
    request.query = Object.fromEntries(fields);
    done();
  };
}
