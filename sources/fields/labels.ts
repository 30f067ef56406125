import type { Labels } from '../../domain/alert/alert.ts';
import { limits } from '../../domain/limits.ts';
import { cutBytes, exceedsBytes, isClean, pointerToken } from '../text.ts';
import { isAbsent, type JsonObject, readObject } from './json-object.ts';
import { addFlag, type Reading } from './reading.ts';
import { RejectedField } from './rejected-field.ts';
import { cleanAndFlag, readText } from './text.ts';

/**
 * Labels are an alert's identity and routing: what is too long or too many is refused, never cut. What needs no change
 * is handed on as it came, without a copy.
 *
 * @throws RejectedField
 */
export function readLabels(value: unknown, path: string, reading: Reading): Labels {
  const labels = readTexts(value, path, reading);
  checkLabels(labels, path);
  return labels;
}

/**
 * The limits of labels, wherever they came from.
 *
 * @throws RejectedField naming the label below `path`
 */
export function checkLabels(labels: Labels, path: string): void {
  const names = Object.keys(labels);
  if (names.length > limits.maxLabels) {
    throw new RejectedField(path, `has ${names.length} labels, at most ${limits.maxLabels} are allowed`);
  }
  for (const name of names) {
    const fault = labelFault(name, labels[name] ?? '');
    if (fault !== undefined) throw new RejectedField(`${path}/${pointerToken(name)}`, fault);
  }
}

/**
 * Annotations are text for people and decide nothing: what is too long is cut and what is too many is left out, with a
 * flag, because a long runbook is no reason not to page. A strict source's alert is refused instead. None are `{}`.
 *
 * @throws RejectedField
 */
export function readAnnotations(value: unknown, path: string, reading: Reading): Labels {
  if (isAbsent(value, path, reading)) return {};
  const annotations = readTexts(value, path, reading);
  if (reading.mode === 'strict') {
    checkLabels(annotations, path);
    return annotations;
  }
  return cutAnnotations(annotations, reading);
}

/** Annotations within their limits; `annotations_cut` and `annotations_dropped` tell what was not. */
export function cutAnnotations(annotations: Labels, reading: Reading): Labels {
  const names = Object.keys(annotations);
  const fits =
    names.length <= limits.maxLabels &&
    names.every((name) => labelFault(name, annotations[name] ?? '') === undefined);
  if (fits) return annotations;
  const kept = names.filter(isName).slice(0, limits.maxLabels);
  if (kept.length < names.length) addFlag(reading, 'annotations_dropped');
  return Object.fromEntries(
    kept.map((name) => {
      const text = annotations[name] ?? '';
      const cut = cutBytes(text, limits.maxLabelValueBytes);
      if (cut.length < text.length) addFlag(reading, 'annotations_cut');
      return [name, cut];
    }),
  );
}

function isName(name: string): boolean {
  return name !== '' && !exceedsBytes(name, limits.maxLabelNameBytes);
}

/** What is wrong with one label, or annotation; undefined when nothing is. */
export function labelFault(name: string, text: string): string | undefined {
  if (name === '') return 'it needs a name';
  if (exceedsBytes(name, limits.maxLabelNameBytes)) {
    return `the name is longer than ${limits.maxLabelNameBytes} bytes`;
  }
  if (exceedsBytes(text, limits.maxLabelValueBytes)) {
    return `the value is longer than ${limits.maxLabelValueBytes} bytes`;
  }
  return undefined;
}

function readTexts(value: unknown, path: string, reading: Reading): Labels {
  const given = readObject(value, path, 'an object of strings');
  return areClean(given) ? given : rewritten(given, path, reading);
}

function areClean(given: JsonObject): given is Labels {
  for (const name of Object.keys(given)) {
    const text = given[name];
    if (typeof text !== 'string' || !isClean(text) || !isClean(name)) return false;
  }
  return true;
}

function rewritten(given: JsonObject, path: string, reading: Reading): Labels {
  return Object.fromEntries(
    Object.entries(given).map(([name, text]) => [
      cleanAndFlag(name, reading),
      readText(text, `${path}/${pointerToken(name)}`, reading),
    ]),
  );
}
