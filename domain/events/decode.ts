import type { z } from 'zod';
import { TocsinError } from '../errors.ts';
import type { EventBody } from './envelope.ts';
import { eventSchemas } from './schemas.ts';
import { currentSchemaVersion, type Upcasters, upcasters } from './upcasters.ts';

/** An event's body as it was stored, `data` already parsed from JSON. */
export interface StoredBody {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: unknown;
}

export interface EventRegistry {
  /** The schema of each type's current version. */
  readonly schemas: ReadonlyMap<string, z.ZodType>;
  readonly upcasters: Upcasters;
}

const registry: EventRegistry = { schemas: new Map(Object.entries(eventSchemas)), upcasters };

/**
 * Brings a stored body to its current version and checks it. Throws `undecodable_event` with the reason;
 * never guesses a missing value.
 */
export function decodeEvent(stored: StoredBody, { schemas, upcasters }: EventRegistry = registry): EventBody {
  const schema = schemas.get(stored.type);
  if (schema === undefined) throw undecodable(stored, 'the type is not known');
  const data = upcast(stored, upcasters);
  const checked = schema.safeParse(data);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    const path = `/${issue?.path.map(String).join('/') ?? ''}`;
    throw undecodable(stored, `${path}: ${issue?.message.toLowerCase() ?? 'wrong shape'}`);
  }
  // The data itself rather than the parsed copy: it keeps what newer releases added, and costs nothing.
  return { type: stored.type, data: data as object };
}

function upcast(stored: StoredBody, known: Upcasters): unknown {
  const current = currentSchemaVersion(stored.type, known);
  if (stored.schemaVersion > current) throw undecodable(stored, 'the version is newer than this release');
  let data = stored.data;
  for (let version = stored.schemaVersion; version < current; version += 1) {
    const step = known.get(stored.type)?.get(version);
    if (step === undefined) throw undecodable(stored, `nothing leads on from version ${version}`);
    data = applyStep(stored, step, data);
  }
  return data;
}

function applyStep(stored: StoredBody, step: (data: unknown) => unknown, data: unknown): unknown {
  try {
    return step(data);
  } catch (cause) {
    throw undecodable(stored, 'an older version could not be brought up to date', cause);
  }
}

function undecodable(stored: StoredBody, reason: string, cause?: unknown): TocsinError {
  const detail = `${stored.type} version ${stored.schemaVersion}: ${reason}`;
  return new TocsinError('undecodable_event', { detail, ...(cause !== undefined && { cause }) });
}
