import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { decodeEvent, type EventRegistry } from './decode.ts';
import { eventSchemas } from './schemas.ts';
import { currentSchemaVersion, type Upcaster, type Upcasters } from './upcasters.ts';

/**
 * One file for each shape in which a released version wrote an event: `<Type>.v<version>[.<variant>].json`. They are
 * kept for good and never edited: what is in a log cannot be edited either.
 */
interface Fixture {
  readonly file: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: unknown;
}

const folder = new URL('./fixtures/', import.meta.url);
const fixtures = readdirSync(folder).map(readFixture);

function readFixture(file: string): Fixture {
  const [, type = '', version = ''] = /^([A-Za-z]+)\.v(\d+)(?:\.[a-z-]+)?\.json$/.exec(file) ?? [];
  const data: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  return { file, type, schemaVersion: Number(version), data };
}

/** Every version that the code says was ever written, as `<Type>.v<version>`. */
function versionsOf(types: readonly string[], known?: Upcasters): string[] {
  return types.flatMap((type) =>
    Array.from({ length: currentSchemaVersion(type, known) }, (_, index) => `${type}.v${index + 1}`),
  );
}

function missing(wanted: readonly string[]): string[] {
  const there = new Set(fixtures.map(({ type, schemaVersion }) => `${type}.v${schemaVersion}`));
  return wanted.filter((name) => !there.has(name));
}

test('every version of every event type that was ever written has a fixture', () => {
  expect(missing(versionsOf(Object.keys(eventSchemas)))).toEqual([]);
});

test('a type or a version without a fixture is noticed', () => {
  const second: Upcasters = new Map([['AlertFired', new Map([[1, (data) => data]])]]);
  expect(missing(versionsOf(['AlertFired', 'AlertTeleported'], second))).toEqual([
    'AlertFired.v2',
    'AlertTeleported.v1',
  ]);
});

describe.each(fixtures)('$file', ({ type, schemaVersion, data }) => {
  test('is decoded, and loses nothing of what it says', () => {
    const decoded = decodeEvent({ type, schemaVersion, data });
    expect(decoded.type).toBe(type);
    if (schemaVersion === currentSchemaVersion(type)) expect(decoded.data).toEqual(data);
  });

  test('is refused in a version that is newer than this release', () => {
    const newer = { type, schemaVersion: currentSchemaVersion(type) + 1, data };
    expect(() => decodeEvent(newer)).toThrow(expect.objectContaining({ code: 'undecodable_event' }));
  });
});

describe('a second version of a real type', () => {
  /** As if the sender's name had been moved out of the alert. */
  const toVersion2: Upcaster = (data) => {
    const { alert, ...rest } = z.looseObject({ alert: z.looseObject({ source: z.string() }) }).parse(data);
    const { source, ...bare } = alert;
    return { ...rest, alert: bare, source };
  };
  const registry: EventRegistry = {
    schemas: new Map([['AlertFired', z.looseObject({ source: z.string(), configVersion: z.int() })]]),
    upcasters: new Map([['AlertFired', new Map([[1, toVersion2]])]]),
  };
  const first = fixtures.filter(({ type }) => type === 'AlertFired');

  test.each(first)('is reached from $file by its upcaster', ({ type, schemaVersion, data }) => {
    const { data: upcast } = decodeEvent({ type, schemaVersion, data }, registry);
    expect(upcast).toMatchObject({ source: 'prometheus', configVersion: expect.any(Number) });
    expect(upcast).not.toHaveProperty('alert.source');
  });

  test('is not taken for the first one', () => {
    const second = { type: 'AlertFired', schemaVersion: 2, data: first[0]?.data };
    expect(() => decodeEvent(second, registry)).toThrow('AlertFired version 2: /source');
  });

  test('parks what the upcaster cannot make sense of', () => {
    const broken = { type: 'AlertFired', schemaVersion: 1, data: { alert: 'gone' } };
    expect(() => decodeEvent(broken, registry)).toThrow('an older version could not be brought up to date');
  });
});
