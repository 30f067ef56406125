import { expect } from 'vitest';
import { TocsinError } from '../../domain/errors.ts';
import type { ParsedPayload, SourceContext, SourceFormat } from '../source.ts';
import { aRequest } from './a-request.ts';
import { everyChangeOf, type Path } from './every-change.ts';

interface FuzzOptions {
  readonly format: SourceFormat;
  readonly context: SourceContext;
  /** The place of the alert that a path lies within; undefined where a change may reach all of them. */
  readonly alertAt: (path: Path) => number | undefined;
}

/**
 * For fuzz tests: whatever is changed, the answer is a payload or a TocsinError, every rejected alert has a path, what
 * is accepted can be stored, and a fault within one alert spares its neighbours.
 */
export function expectSpared(body: unknown, { format, context, alertAt }: FuzzOptions): void {
  const before = new Map(tryParse(format, body, context)?.commands.map((each) => [each.index, each.command]));
  let tried = 0;
  for (const { path, change, body: changed } of everyChangeOf(body)) {
    tried += 1;
    const parsed = tryParse(format, changed, context);
    expectStorable(parsed, `${path.join('/')}: ${change}`);
    const index = alertAt(path);
    if (index === undefined) continue;
    const after = new Map(parsed?.commands.map((each) => [each.index, each.command]));
    for (const [place, command] of before) {
      if (place !== index) expect(after.get(place), `${path.join('/')}: ${change}`).toEqual(command);
    }
  }
  expect(tried).toBeGreaterThan(20);
}

function tryParse(format: SourceFormat, body: unknown, context: SourceContext): ParsedPayload | undefined {
  try {
    return format.parse(aRequest(body), context);
  } catch (error) {
    if (error instanceof TocsinError) return undefined;
    throw error;
  }
}

function expectStorable(parsed: ParsedPayload | undefined, what: string): void {
  if (parsed === undefined) return;
  for (const { path, reason } of parsed.rejected) {
    expect(path, what).toMatch(/^(\/|$)/);
    expect(reason, what).not.toBe('');
  }
  // PostgreSQL refuses NUL and halves of surrogate pairs, and JSON writes what is not finite as null
  const text = JSON.stringify(parsed.commands);
  expect(/\\u0000|\\ud[89a-f]/i.test(text.replaceAll('\\\\', '')), what).toBe(false);
  expect(JSON.parse(text), what).toEqual(parsed.commands);
}
