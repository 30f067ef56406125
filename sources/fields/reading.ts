import { limits } from '../../domain/limits.ts';
import type { ValidationMode } from '../../domain/source/validation-mode.ts';
import { cutBytes } from '../text.ts';

/** What is remembered while one alert is read. All readers of this folder take it. */
export interface Reading {
  readonly mode: ValidationMode;
  /** Milliseconds since 1970. */
  readonly receivedAtMs: number;
  /** What tocsin had to change; none are the rule, so there is no set before the first. */
  flags: Set<string> | undefined;
  conversions: number;
}

export interface ReadingOptions {
  readonly validation: ValidationMode;
  readonly receivedAtMs: number;
}

export function startReading({ validation, receivedAtMs }: ReadingOptions): Reading {
  return { mode: validation, receivedAtMs, flags: undefined, conversions: 0 };
}

/** `flag` is one of a fixed number of words, so that flags never grow with what a sender sends. */
export function addFlag(reading: Reading, flag: string): void {
  reading.flags ??= new Set();
  reading.flags.add(flag);
}

/** Notes a conversion as `coerced:labels/port`; of very many the first are named and the rest is `coerced_more`. */
export function noteCoerced(reading: Reading, path: string): void {
  reading.conversions += 1;
  const isNamed = reading.conversions <= limits.maxNamedConversions;
  addFlag(reading, isNamed ? `coerced:${cutBytes(path.slice(1), limits.maxLabelNameBytes)}` : 'coerced_more');
}

/** In alphabetical order; undefined when nothing was changed. */
export function flagsOf({ flags }: Reading): readonly string[] | undefined {
  return flags && [...flags].sort();
}
