import type { GenericMapping, JsonPath } from '../../domain/source/generic-mapping.ts';
import { defaultLayout } from './default-layout.ts';
import { type Layout, withKnown } from './layout.ts';
import { type Pointer, pointerOf } from './pointer.ts';

const layouts = new WeakMap<GenericMapping, Layout>();

/** The layout that a source's mapping describes; without one, the default. Made once for each mapping. */
export function layoutOf(mapping: GenericMapping | undefined): Layout {
  if (mapping === undefined) return defaultLayout;
  const made = layouts.get(mapping) ?? makeLayout(mapping);
  layouts.set(mapping, made);
  return made;
}

function makeLayout(mapping: GenericMapping): Layout {
  const { statusValues } = mapping;
  return withKnown({
    alerts: mapping.alerts && pointerOf(mapping.alerts),
    isListOptional: false,
    status: listOf(mapping.status),
    isStatusOptional: mapping.status === undefined,
    statusWords: new Map([
      ...statusValues.firing.map((word) => [word.toLowerCase(), 'firing'] as const),
      ...statusValues.resolved.map((word) => [word.toLowerCase(), 'resolved'] as const),
    ]),
    severity: listOf(mapping.severity),
    severityWords: new Map([...mapping.severityValues].map(([word, to]) => [word.toLowerCase(), to])),
    identity: mapping.fingerprint.map(listOf),
    isIdentityOptional: false,
    isTitleNaming: false,
    startsAt: listOf(mapping.startsAt),
    endsAt: listOf(mapping.endsAt),
    url: listOf(mapping.url),
    allLabels: listOf(mapping.allLabels),
    labels: [...mapping.labels].map(([name, path]) => [name, listOf(path)]),
    allAnnotations: listOf(mapping.allAnnotations),
    annotations: [...mapping.annotations].map(([name, path]) => [name, listOf(path)]),
  });
}

function listOf(path: JsonPath | undefined): readonly Pointer[] {
  return path === undefined ? [] : [pointerOf(path)];
}
