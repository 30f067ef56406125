import type { Labels } from '../../domain/alert/alert.ts';
import { limits } from '../../domain/limits.ts';
import { cutAnnotations, labelFault, readAnnotations, readLabels } from '../fields/labels.ts';
import { RejectedField } from '../fields/rejected-field.ts';
import { readText } from '../fields/text.ts';
import { type Entry, take } from './entry.ts';
import type { Layout } from './layout.ts';
import type { Pointer } from './pointer.ts';

/**
 * The members of an object, and single ones by name, which win.
 *
 * @throws RejectedField
 */
export function readMappedLabels(entry: Entry, { allLabels, labels }: Layout): Labels {
  const all = take(entry, allLabels);
  const given = all === undefined ? {} : readLabels(all.value, all.pointer.text, entry.reading);
  const named = readNamed(entry, labels);
  for (const { name, text, path } of named) {
    const fault = labelFault(name, text);
    if (fault !== undefined) throw new RejectedField(path, fault);
  }
  const merged = { ...given, ...textsOf(named) };
  const count = Object.keys(merged).length;
  if (count <= limits.maxLabels) return merged;
  throw new RejectedField(
    all?.pointer.text ?? '',
    `makes ${count} labels, at most ${limits.maxLabels} are allowed`,
  );
}

/**
 * The same for annotations. A text that stands for two of them is told once.
 *
 * @throws RejectedField
 */
export function readMappedAnnotations(entry: Entry, { allAnnotations, annotations }: Layout): Labels {
  const all = take(entry, allAnnotations);
  const given = all === undefined ? {} : readAnnotations(all.value, all.pointer.text, entry.reading);
  const named = readNamed(entry, annotations).filter(
    ({ text }, index, list) => list.findIndex((other) => other.text === text) === index,
  );
  return cutAnnotations({ ...given, ...textsOf(named) }, entry.reading);
}

interface NamedText {
  readonly name: string;
  readonly text: string;
  readonly path: string;
}

function readNamed(
  entry: Entry,
  places: readonly (readonly [string, readonly Pointer[]])[],
): readonly NamedText[] {
  return places.flatMap(([name, pointers]) => {
    const found = take(entry, pointers);
    if (found === undefined) return [];
    const path = found.pointer.text;
    const text = readText(found.value, path, entry.reading);
    return text === '' ? [] : [{ name, text, path }];
  });
}

function textsOf(named: readonly NamedText[]): Labels {
  return Object.fromEntries(named.map(({ name, text }) => [name, text]));
}
