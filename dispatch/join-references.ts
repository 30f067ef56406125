import type { AlertReference } from '../domain/incident/protocol.ts';

/**
 * Whether `next` tells an incident just what `before` told it, so that one reference can stand for both. Never across
 * an acknowledgement, which counts for what came before it, and never for one that carries a sample.
 */
export function tellsTheSame(before: AlertReference, next: AlertReference): boolean {
  return (
    next.kind === before.kind &&
    next.kind !== 'acknowledged' &&
    next.lane === before.lane &&
    next.position > before.position &&
    next.severity === before.severity &&
    next.replaces === before.replaces &&
    before.sample === undefined &&
    next.sample === undefined
  );
}

/** Each run of references that tell the same becomes its last one, which names the others. */
export function joinReferences(references: readonly AlertReference[]): AlertReference[] {
  const joined: { last: AlertReference; also: number[] }[] = [];
  for (const reference of references) {
    const run = joined.at(-1);
    if (run === undefined || !tellsTheSame(run.last, reference)) {
      joined.push({ last: reference, also: [] });
    } else {
      run.also.push(run.last.position);
      run.last = reference;
    }
  }
  return joined.map(({ last, also }) => (also.length === 0 ? last : { ...last, also }));
}
