import type { Alert, Labels } from './alert.ts';

/**
 * Whether an observation tells nothing new of an episode. `endsAt` and `expiresAt` are left out, because senders move
 * them on with every repeat, and so are `extra` and flags, which decide nothing.
 */
export function isUnchanged(a: Alert, b: Alert): boolean {
  return (
    a.severity === b.severity &&
    a.generatorUrl === b.generatorUrl &&
    areSameLabels(a.labels, b.labels) &&
    areSameLabels(a.annotations, b.annotations)
  );
}

function areSameLabels(a: Labels, b: Labels): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
  );
}
