import type { Severity } from '../../domain/severity.ts';
import type { Pointer } from './pointer.ts';

/** A mapping made ready for reading. Where several pointers stand for one part, the first that leads anywhere is taken. */
export interface Layout {
  /** Undefined: the body is one alert, or a list of them. */
  readonly alerts: Pointer | undefined;
  /** The list may be missing, and then the body is one alert. */
  readonly isListOptional: boolean;
  readonly status: readonly Pointer[];
  /** Without a status the alert fires; otherwise one that has none is refused. */
  readonly isStatusOptional: boolean;
  /** By lower-case word. */
  readonly statusWords: ReadonlyMap<string, 'firing' | 'resolved'>;
  readonly severity: readonly Pointer[];
  /** By lower-case word. */
  readonly severityWords: ReadonlyMap<string, Severity>;
  /** Parts that name the alert together. */
  readonly identity: readonly (readonly Pointer[])[];
  /** An alert without any of the identity's parts is known by its labels. */
  readonly isIdentityOptional: boolean;
  /** The title is a label, `alertname`, of an alert that is known by its labels and has none of that name. */
  readonly isTitleNaming: boolean;
  readonly startsAt: readonly Pointer[];
  readonly endsAt: readonly Pointer[];
  readonly url: readonly Pointer[];
  readonly allLabels: readonly Pointer[];
  readonly labels: readonly (readonly [string, readonly Pointer[]])[];
  readonly allAnnotations: readonly Pointer[];
  readonly annotations: readonly (readonly [string, readonly Pointer[]])[];
  /** The members of an alert that any pointer leads into. */
  readonly known: ReadonlySet<string>;
}

/** Collects what all the pointers lead into. */
export function withKnown(layout: Omit<Layout, 'known'>): Layout {
  const { status, severity, startsAt, endsAt, url, allLabels, allAnnotations } = layout;
  const pointers = [
    ...[status, severity, startsAt, endsAt, url, allLabels, allAnnotations, ...layout.identity].flat(),
    ...[...layout.labels, ...layout.annotations].flatMap(([, candidates]) => candidates),
  ];
  return { ...layout, known: new Set(pointers.map(({ tokens }) => tokens[0] ?? '')) };
}
