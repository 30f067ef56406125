import { type Alert, type Labels, startAssumed } from '../../domain/alert/alert.ts';
import { limits } from '../../domain/limits.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { isZeroInstant, parseInstant } from '../instant.ts';
import { severityOf } from '../severity.ts';
import type { SourceContext } from '../source.ts';
import { exceedsBytes } from '../text.ts';
import { cleanAndFlag, type Flags, kindOf, parseAnnotations, parseLabels } from './labels.ts';
import { RejectedField } from './rejected-field.ts';

/**
 * One entry of `alerts[]`. Fields that tocsin does not use may hold anything.
 *
 * @throws RejectedField naming the first field that is wrong
 */
export function parseAlert(value: unknown, path: string, context: SourceContext): Alert {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RejectedField(path, `must be an object, not ${kindOf(value)}`);
  }
  const entry = new Map<string, unknown>(Object.entries(value));
  const flags: Flags = new Set();
  const status = parseStatus(entry.get('status'), `${path}/status`);
  const labels = parseLabels(entry.get('labels'), `${path}/labels`, flags);
  const annotations = parseAnnotations(entry.get('annotations'), `${path}/annotations`, flags);
  const startsAt = parseStart(entry.get('startsAt'), `${path}/startsAt`, { context, flags });
  const endsAt = parseEnd(entry.get('endsAt'), `${path}/endsAt`);
  const generatorUrl = parseUrl(entry.get('generatorURL'), `${path}/generatorURL`, flags);
  const fingerprint = parseFingerprint(entry.get('fingerprint'), `${path}/fingerprint`, labels);
  return {
    tenant: context.tenant,
    source: context.source,
    fingerprint,
    status,
    severity: severityOf(labels.severity),
    labels,
    annotations,
    startsAt,
    ...(endsAt !== undefined && { endsAt }),
    ...(generatorUrl !== undefined && { generatorUrl }),
    ...(flags.size > 0 && { flags: [...flags].sort() }),
  };
}

function parseStatus(value: unknown, path: string): 'firing' | 'resolved' {
  if (value === 'firing' || value === 'resolved') return value;
  throw new RejectedField(path, value === undefined ? 'is missing' : 'must be "firing" or "resolved"');
}

interface StartOptions {
  readonly context: SourceContext;
  readonly flags: Flags;
}

/** A start far ahead is a clock error; kept, it would make every later, real episode look old. */
function parseStart(value: unknown, path: string, { context, flags }: StartOptions): string {
  const startMs = parseTime(value, path);
  if (startMs === undefined) throw new RejectedField(path, 'is missing');
  if (!isZeroInstant(startMs) && startMs <= context.receivedAtMs + limits.maxClockAheadMs) {
    return new Date(startMs).toISOString();
  }
  flags.add(startAssumed);
  return new Date(context.receivedAtMs).toISOString();
}

function parseEnd(value: unknown, path: string): string | undefined {
  const endMs = parseTime(value, path);
  return endMs === undefined || isZeroInstant(endMs) ? undefined : new Date(endMs).toISOString();
}

function parseTime(value: unknown, path: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const atMs = typeof value === 'string' ? parseInstant(value) : undefined;
  if (atMs === undefined) {
    throw new RejectedField(path, 'must be an RFC 3339 instant such as "2026-01-05T09:00:00Z"');
  }
  return atMs;
}

/** A link for people: one that cannot be followed safely is left out with a flag, not a reason to refuse the alert. */
function parseUrl(value: unknown, path: string, flags: Flags): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new RejectedField(path, `must be a string, not ${kindOf(value)}`);
  const url = cleanAndFlag(value, flags);
  if (/^https?:\/\//i.test(url) && !exceedsBytes(url, limits.maxLabelValueBytes)) return url;
  flags.add('generator_url_dropped');
  return undefined;
}

function parseFingerprint(value: unknown, path: string, labels: Labels): string {
  if (value === undefined || value === null || value === '') return fingerprintOf(labels);
  if (typeof value === 'string' && /^[0-9a-f]{16}$/i.test(value)) return value.toLowerCase();
  throw new RejectedField(path, 'must be 16 hexadecimal digits');
}
