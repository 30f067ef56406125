import type { Alert, Labels } from '../../domain/alert/alert.ts';
import { limits } from '../../domain/limits.ts';

const encoder = new TextEncoder();

/**
 * What processors made longer is brought back within the limits that hold for what senders send, with a flag: labels that
 * they added beyond `limits.maxLabels` go, values are cut, and fields that the format does not name are left out.
 */
export function withinLimits(alert: Alert, original: Alert): Alert {
  if (alert === original) return alert;
  const flags = new Set(alert.flags);
  const labels = keepLabels(cutValues(alert.labels, original.labels, { flag: 'labels_cut', flags }), {
    original: original.labels,
    flags,
  });
  const annotations = cutValues(alert.annotations, original.annotations, { flag: 'annotations_cut', flags });
  const isExtraTooLong =
    alert.extra !== original.extra && byteLength(JSON.stringify(alert.extra)) > limits.maxExtraBytes;
  if (isExtraTooLong) flags.add('extra_dropped');
  if (flags.size === (alert.flags?.length ?? 0)) return alert;
  const { extra, ...rest } = alert;
  const kept = isExtraTooLong || extra === undefined ? {} : { extra };
  return { ...rest, ...kept, labels, annotations, flags: [...flags].sort() };
}

/** Those that the sender sent come first. */
function keepLabels(labels: Labels, { original, flags }: { original: Labels; flags: Set<string> }): Labels {
  const names = Object.keys(labels);
  if (names.length <= limits.maxLabels) return labels;
  flags.add('labels_dropped');
  const sent = names.filter((name) => Object.hasOwn(original, name));
  const added = names.filter((name) => !Object.hasOwn(original, name));
  const kept = [...sent, ...added].slice(0, limits.maxLabels);
  return Object.fromEntries(kept.map((name) => [name, labels[name] ?? '']));
}

function cutValues(
  values: Labels,
  original: Labels,
  { flag, flags }: { flag: string; flags: Set<string> },
): Labels {
  if (values === original) return values;
  const tooLong = Object.entries(values).filter(([, value]) => byteLength(value) > limits.maxLabelValueBytes);
  if (tooLong.length === 0) return values;
  flags.add(flag);
  return { ...values, ...Object.fromEntries(tooLong.map(([name, value]) => [name, cut(value)])) };
}

/** Cuts on a character: `encodeInto` writes no part of one. */
function cut(value: string): string {
  const { read } = encoder.encodeInto(value, new Uint8Array(limits.maxLabelValueBytes));
  return value.slice(0, read);
}

/** A UTF-16 code unit is at most three bytes of UTF-8, so short texts need no counting. */
function byteLength(text: string): number {
  return text.length * 3 <= limits.maxLabelValueBytes ? text.length : encoder.encode(text).length;
}
