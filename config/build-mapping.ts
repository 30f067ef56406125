import type { GenericMapping, JsonPath } from '../domain/source/generic-mapping.ts';
import { lowerCaseKeys } from './build-processors.ts';
import { type Checks, checkTwice } from './checks.ts';
import type { Path } from './problem.ts';
import type { MappingInput } from './schema/mapping.ts';

/** What a source of type `generic` is told of its sender's bodies. */
export function buildMapping(input: MappingInput, path: Path, checks: Checks): GenericMapping {
  const { status, severity, fingerprint, labels, annotations } = input;
  checkTwice(fingerprint, [...path, 'fingerprint'], checks);
  return {
    ...optional({
      alerts: input.alerts,
      status: status?.path,
      severity: severity?.path,
      startsAt: input.starts_at,
      endsAt: input.ends_at,
      url: input.url,
      allLabels: input.all_labels,
      allAnnotations: input.all_annotations,
    }),
    statusValues: readStatusValues(status, [...path, 'status'], checks),
    severityValues: lowerCaseKeys(severity?.values ?? {}, [...path, 'severity', 'values'], checks),
    fingerprint: fingerprint.map(parsePointer),
    labels: parsePointers(labels),
    annotations: parsePointers(annotations),
  };
}

type OptionalPaths = Pick<
  GenericMapping,
  'alerts' | 'status' | 'severity' | 'startsAt' | 'endsAt' | 'url' | 'allLabels' | 'allAnnotations'
>;

function optional(
  pointers: Readonly<Record<keyof Required<OptionalPaths>, string | undefined>>,
): OptionalPaths {
  const given = Object.entries(pointers).flatMap(([key, pointer]) =>
    pointer === undefined ? [] : [[key, parsePointer(pointer)]],
  );
  return Object.fromEntries(given);
}

/** A word that means both would make an alert fire or not by the order of two checks. */
function readStatusValues(
  status: MappingInput['status'],
  path: Path,
  { findings }: Checks,
): GenericMapping['statusValues'] {
  const firing = (status?.firing ?? ['firing']).map((word) => word.toLowerCase());
  const resolved = (status?.resolved ?? ['resolved']).map((word) => word.toLowerCase());
  for (const [index, word] of resolved.entries()) {
    if (firing.includes(word)) findings.error([...path, 'resolved', index], 'means firing already');
  }
  return { firing, resolved };
}

function parsePointers(pointers: Readonly<Record<string, string>>): ReadonlyMap<string, JsonPath> {
  return new Map(Object.entries(pointers).map(([name, pointer]) => [name, parsePointer(pointer)]));
}

/** RFC 6901, section 4: `~1` is a slash and `~0` a tilde, in this order. */
function parsePointer(pointer: string): JsonPath {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}
