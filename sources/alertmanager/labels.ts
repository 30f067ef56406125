import type { Labels } from '../../domain/alert/alert.ts';
import { limits } from '../../domain/limits.ts';
import { cleanText, cutBytes, exceedsBytes, pointerToken } from '../text.ts';
import { RejectedField } from './rejected-field.ts';

/** What tocsin had to change: bounded, so that flags never grow with what a sender sends. */
export type Flags = Set<string>;

/**
 * Labels are an alert's identity and routing: what is too long or too many is refused, never cut.
 *
 * @throws RejectedField
 */
export function parseLabels(value: unknown, path: string, flags: Flags): Labels {
  const labels = readStrings(value, path, flags);
  if (labels.length > limits.maxLabels) {
    throw new RejectedField(path, `has ${labels.length} labels, at most ${limits.maxLabels} are allowed`);
  }
  for (const [name, text] of labels) {
    const at = `${path}/${pointerToken(name)}`;
    if (name === '') throw new RejectedField(at, 'a label needs a name');
    if (exceedsBytes(name, limits.maxLabelNameBytes)) {
      throw new RejectedField(at, `the name is longer than ${limits.maxLabelNameBytes} bytes`);
    }
    if (exceedsBytes(text, limits.maxLabelValueBytes)) {
      throw new RejectedField(at, `the value is longer than ${limits.maxLabelValueBytes} bytes`);
    }
  }
  return Object.fromEntries(labels);
}

/**
 * Annotations are text for people and decide nothing: what is too long is cut and what is too many is left out, with a
 * flag, because a long runbook is no reason not to page.
 *
 * @throws RejectedField
 */
export function parseAnnotations(value: unknown, path: string, flags: Flags): Labels {
  if (value === undefined || value === null) return {};
  const annotations = readStrings(value, path, flags);
  const kept = annotations
    .filter(([name]) => name !== '' && !exceedsBytes(name, limits.maxLabelNameBytes))
    .slice(0, limits.maxLabels);
  if (kept.length < annotations.length) flags.add('annotations_dropped');
  return Object.fromEntries(
    kept.map(([name, text]) => {
      const cut = cutBytes(text, limits.maxLabelValueBytes);
      if (cut.length < text.length) flags.add('annotations_cut');
      return [name, cut];
    }),
  );
}

function readStrings(value: unknown, path: string, flags: Flags): [string, string][] {
  if (value === undefined || value === null) throw new RejectedField(path, 'is missing');
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new RejectedField(path, 'must be an object of strings');
  }
  return Object.entries(value).map(([name, text]) => {
    if (typeof text !== 'string') {
      throw new RejectedField(`${path}/${pointerToken(name)}`, `must be a string, not ${kindOf(text)}`);
    }
    return [cleanAndFlag(name, flags), cleanAndFlag(text, flags)];
  });
}

export function cleanAndFlag(text: string, flags: Flags): string {
  const clean = cleanText(text);
  if (clean !== text) flags.add('text_replaced');
  return clean;
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
