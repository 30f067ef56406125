import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TocsinError } from '../../domain/errors.ts';
import type { ParsedPayload } from '../source.ts';
import { alertmanagerFormat } from './alertmanager.ts';

const context = { tenant: 'default', source: 'prometheus', receivedAtMs: Date.parse('2026-09-14T08:40:00Z') };
const folder = new URL('./fixtures/', import.meta.url);
const files = readdirSync(folder).filter((file) => !file.endsWith('.normalised.json'));

type Path = readonly (string | number)[];

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const below = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [at, ...below.flatMap(([key, child]) => pathsOf(child, [...at, key]))];
}

const swaps: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  'x',
  '\0\ud800',
  [],
  {},
  [[]],
  { a: { b: 1 } },
  ['x'],
];

type Change = (parent: Record<string | number, unknown>, key: string | number) => void;

const changes: readonly Change[] = [
  (parent, key) => (Array.isArray(parent) ? parent.splice(Number(key), 1) : delete parent[key]),
  (parent, key) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(parent[Number(key)]));
    else parent[`${key}2`] = parent[key];
  },
  ...swaps.map<Change>((value) => (parent, key) => {
    parent[key] = structuredClone(value);
  }),
];

function changed(body: unknown, path: Path, change: Change): unknown {
  const holder = { body: structuredClone(body) };
  const full = ['body', ...path];
  const key = full.pop() ?? 'body';
  // biome-ignore lint/suspicious/noExplicitAny: walks a path that pathsOf found in the same value.
  const parent = full.reduce<any>((value, step) => value[step], holder);
  change(parent, key);
  return holder.body;
}

function tryParse(body: unknown): ParsedPayload | undefined {
  try {
    return alertmanagerFormat.parse(body, context);
  } catch (error) {
    if (error instanceof TocsinError) return undefined;
    throw error;
  }
}

test.each(files)(
  '%s: every path dropped, doubled and swapped gives an answer and spares the neighbours',
  (file) => {
    const body: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    const whole = tryParse(body);
    const before = new Map(whole?.alerts.map(({ index, alert }) => [index, alert]));
    let tried = 0;
    for (const path of pathsOf(body)) {
      for (const change of changes) {
        tried += 1;
        const parsed = tryParse(changed(body, path, change));
        const isInsideOneAlert = path[0] === 'alerts' && path.length > 2;
        if (!isInsideOneAlert) continue;
        const after = new Map(parsed?.alerts.map(({ index, alert }) => [index, alert]));
        for (const [index, alert] of before) {
          if (index !== path[1]) expect(after.get(index)).toEqual(alert);
        }
      }
    }
    expect(tried).toBeGreaterThan(20);
  },
);
