import type { Labels } from '../../domain/alert/alert.ts';
import type { SenderCommand } from '../../domain/alert/command.ts';
import { type AlertParts, buildAlert } from '../fields/build-alert.ts';
import { boundExtra, type Extra, readExtra } from '../fields/extra.ts';
import { assumeStart, readInstant, readStart } from '../fields/instant.ts';
import { readObject } from '../fields/json-object.ts';
import { cutAnnotations } from '../fields/labels.ts';
import { startReading } from '../fields/reading.ts';
import { RejectedField } from '../fields/rejected-field.ts';
import { readGeneratorUrl } from '../fields/url.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { severityOf } from '../severity.ts';
import type { SourceContext } from '../source.ts';
import { type Entry, take } from './entry.ts';
import type { Layout } from './layout.ts';
import { layoutOf } from './layout-of.ts';
import { type Identity, readIdentity } from './read-identity.ts';
import { readMappedAnnotations, readMappedLabels } from './read-labels.ts';
import { type NamedSeverity, readSeverity, readStatus } from './read-word.ts';

/** What another format knows of an alert whose data has a shape of its own. */
export interface GenericDefaults {
  /** The data's own labels win. */
  readonly labels: Labels;
  /** Where the data does not name the alert, rather than its labels. */
  readonly fingerprint: string;
  /** A word for a severity, where the data has none. */
  readonly severity?: string;
}

/**
 * One alert of a body with a shape of its own, read as the source's mapping says, or the default one.
 *
 * @throws RejectedField naming the place in the sender's alert
 */
export function parseGenericAlert(
  value: unknown,
  context: SourceContext,
  defaults?: GenericDefaults,
): SenderCommand {
  const layout = layoutOf(context.mapping);
  const reading = startReading(context);
  const entry: Entry = { value: readObject(value, ''), reading, taken: new Set() };
  const named = readSeverity(entry, layout);
  const lifetime = readLifetime(entry, layout);
  const identity = readIdentity(entry, layout);
  const annotations = readMappedAnnotations(entry, layout);
  const { fingerprint, labels } = nameAlert(readMappedLabels(entry, layout), layout, {
    identity,
    defaults,
    title: annotations.summary,
  });
  const parts: AlertParts = {
    fingerprint,
    ...lifetime,
    ...settleSeverity(labels, named, defaults?.severity),
    annotations: cutAnnotations({ ...annotations, ...wordsOf(named, identity), ...annotations }, reading),
    generatorUrl: readLink(entry, layout),
    extra: readRest(entry, layout),
  };
  return { kind: 'observe', alert: buildAlert(parts, context, reading) };
}

interface Naming {
  readonly identity: Identity | undefined;
  readonly defaults: GenericDefaults | undefined;
  readonly title: string | undefined;
}

/**
 * By what the sender calls it, else by its labels. Without a mapping that says so, two alerts of one host with
 * different titles are two: better one page too many than one that passes for a change of another.
 */
function nameAlert(
  own: Labels,
  { isTitleNaming }: Layout,
  { identity, defaults, title }: Naming,
): Pick<AlertParts, 'fingerprint' | 'labels'> {
  const labels = defaults === undefined ? own : { ...defaults.labels, ...own };
  const known = identity?.fingerprint ?? defaults?.fingerprint;
  if (known !== undefined) return { fingerprint: known, labels };
  const isTitled = title !== undefined && isTitleNaming && labels.alertname === undefined;
  const naming = isTitled ? { ...labels, alertname: title } : labels;
  if (Object.keys(naming).length > 0) return { fingerprint: fingerprintOf(naming), labels: naming };
  throw new RejectedField('', 'has nothing to be known by: no label and no key');
}

/**
 * Routes look at labels, so the severity becomes one where there is none of that name; it is no part of what names the
 * alert, which stays the same when it becomes worse.
 */
function settleSeverity(
  labels: Labels,
  named: NamedSeverity | undefined,
  fallback: string | undefined,
): Pick<AlertParts, 'severity' | 'labels'> {
  const severity = named?.severity ?? severityOf(labels.severity ?? fallback);
  const isTold = named !== undefined || fallback !== undefined;
  return { severity, labels: isTold ? { severity, ...labels } : labels };
}

/** The sender's own words, where tocsin goes on with others. */
function wordsOf(named: NamedSeverity | undefined, identity: Identity | undefined): Labels {
  return {
    ...(identity !== undefined && identity.key !== identity.fingerprint && { dedup_key: identity.key }),
    ...(named !== undefined && named.word.toLowerCase() !== named.severity && { severity: named.word }),
  };
}

/** Without a status the end tells, as in Alertmanager's own API; one ahead is when a firing alert is over by itself. */
function readLifetime(
  entry: Entry,
  layout: Layout,
): Pick<AlertParts, 'status' | 'startsAt' | 'endsAtMs' | 'expiresAtMs'> {
  const { reading } = entry;
  const said = readStatus(entry, layout);
  const start = take(entry, layout.startsAt);
  const end = take(entry, layout.endsAt);
  const startsAt = start ? readStart(start.value, start.pointer.text, reading) : assumeStart(reading);
  const endMs = end && readInstant(end.value, end.pointer.text, reading);
  const isAhead = endMs !== undefined && endMs > reading.receivedAtMs;
  const status = said ?? (endMs === undefined || isAhead ? 'firing' : 'resolved');
  return status === 'firing' && isAhead
    ? { status, startsAt, expiresAtMs: endMs }
    : { status, startsAt, endsAtMs: endMs };
}

function readLink(entry: Entry, layout: Layout): string | undefined {
  const found = take(entry, layout.url);
  return found && readGeneratorUrl(found.value, found.pointer.text, entry.reading);
}

/** What no pointer took as a whole; a strict source may have nothing that no pointer leads into. */
function readRest({ value, reading, taken }: Entry, { known }: Layout): Extra | undefined {
  if (reading.mode === 'strict') return readExtra(value, known, reading);
  return boundExtra(
    Object.entries(value).filter(([name]) => !taken.has(name)),
    reading,
  );
}
