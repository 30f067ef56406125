import type { Labels } from '../../domain/alert/alert.ts';

/**
 * The labels but for those of these names. Built one by one, which is several times faster than from a list of entries;
 * `__proto__` is a name like any other, because every process runs with `--disable-proto=delete`.
 */
export function withoutLabels(labels: Labels, names: ReadonlySet<string>): Record<string, string> {
  const left: Record<string, string> = {};
  for (const name of Object.keys(labels)) {
    if (!names.has(name)) left[name] = labels[name] ?? '';
  }
  return left;
}
