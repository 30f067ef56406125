import { limits } from '../domain/limits.ts';
import type { SourceType } from '../domain/source/source-type.ts';
import { buildMapping } from './build-mapping.ts';
import { buildProcessors } from './build-processors.ts';
import { buildRate } from './build-rate.ts';
import { buildSignature } from './build-signature.ts';
import { type Checks, durationBounds, readDuration } from './checks.ts';
import type { HeartbeatConfig, ProcessorSpec, SourceConfig } from './config.ts';
import { type Entry, validEntries, validPart } from './entries.ts';
import type { Findings } from './findings.ts';
import type { Path } from './problem.ts';
import { readMatchers } from './read-matchers.ts';
import { readSecret, type SecretReader } from './read-secret.ts';
import { rateSchema } from './schema/fields.ts';
import { mappingSchema } from './schema/mapping.ts';
import { heartbeatSchema, type SourceInput, signatureSchema, sourceEntrySchema } from './schema/sources.ts';
import { hashKey } from './source-keys.ts';

export type SourceChecks = SecretReader & Checks;

/** Reads the keys and secrets of all sources and sees that no name and no key stands twice. */
export async function buildSources(
  document: unknown,
  checks: SourceChecks,
): Promise<readonly SourceConfig[]> {
  const shared = buildProcessors(document, [], checks);
  const entries = validEntries(document, 'sources', sourceEntrySchema);
  checkNames(entries, checks.findings);
  const sources: SourceConfig[] = [];
  const owners = new Map<string, string>();
  for (const entry of entries) {
    const keyHash = await readKey(entry, checks);
    if (keyHash !== undefined) checkOwner({ entry, keyHash, owners, findings: checks.findings });
    const parts = await buildParts(entry, shared, checks);
    if (keyHash !== undefined) sources.push({ ...parts, keyHash });
  }
  return sources;
}

async function buildParts(
  { path, value }: Entry<SourceInput>,
  shared: readonly ProcessorSpec[],
  checks: SourceChecks,
): Promise<Omit<SourceConfig, 'keyHash'>> {
  const { name, type, tenant, validation } = value;
  checkFit(value, path, checks.findings);
  const signature = validPart(value, 'signature', signatureSchema);
  const mapping = validPart(value, 'mapping', mappingSchema);
  if (type === 'cloudevents' && mapping?.alerts !== undefined) {
    const reason = 'is not for cloudevents: an event is one alert';
    checks.findings.errorAtKey([...path, 'mapping', 'alerts'], reason);
  }
  const heartbeat = validPart(value, 'heartbeat', heartbeatSchema);
  const rate = validPart(value, 'rate_limit', rateSchema);
  const signed = signature && (await buildSignature(signature, [...path, 'signature'], checks));
  return {
    name,
    type,
    tenant,
    validation,
    resolveTimeoutMs: readDuration(value.resolve_timeout, [...path, 'resolve_timeout'], {
      ...checks,
      ...durationBounds.resolveTimeout,
    }),
    ...(signed !== undefined && { signature: signed }),
    ...(mapping !== undefined && { mapping: buildMapping(mapping, [...path, 'mapping'], checks) }),
    processors: [...shared, ...buildProcessors(value, path, checks)],
    ...(heartbeat !== undefined && { heartbeat: buildHeartbeat(heartbeat, [...path, 'heartbeat'], checks) }),
    ...(rate !== undefined && { rate: buildRate(rate) }),
  };
}

function buildHeartbeat(
  input: { every: string; severity: HeartbeatConfig['severity']; match: readonly string[] },
  path: Path,
  checks: Checks,
): HeartbeatConfig {
  return {
    everyMs: readDuration(input.every, [...path, 'every'], { ...checks, ...durationBounds.heartbeat }),
    severity: input.severity,
    match: readMatchers(input.match, [...path, 'match'], checks) ?? [],
  };
}

/** What a format does not look at would seem to protect or to work, and would not. */
const onlyFor: readonly (readonly [field: keyof SourceInput, ...types: SourceType[]])[] = [
  ['signature', 'grafana'],
  ['mapping', 'generic', 'cloudevents'],
];

function checkFit(value: SourceInput, path: Path, findings: Findings): void {
  for (const [field, ...types] of onlyFor) {
    if (value[field] === undefined || types.includes(value.type)) continue;
    findings.errorAtKey([...path, field], `is for sources of type ${types.join(' or ')} only`);
  }
}

function checkNames(entries: readonly Entry<SourceInput>[], findings: Findings): void {
  const names = new Map<string, string>();
  for (const { path, key, value } of entries) {
    const other = names.get(value.name);
    if (other !== undefined) findings.error([...path, 'name'], `is the name of ${other} already`);
    names.set(value.name, `sources[${key}]`);
  }
}

interface KeyOwner {
  readonly entry: Entry<SourceInput>;
  readonly keyHash: Uint8Array;
  /** Places of sources by their key's hash. */
  readonly owners: Map<string, string>;
  readonly findings: Findings;
}

function checkOwner({ entry, keyHash, owners, findings }: KeyOwner): void {
  const hex = Buffer.from(keyHash).toString('hex');
  const owner = owners.get(hex);
  if (owner !== undefined) findings.error(keyPath(entry), `is the key of ${owner} already`);
  owners.set(hex, `sources[${entry.key}]`);
}

async function readKey(entry: Entry<SourceInput>, reader: SecretReader): Promise<Uint8Array | undefined> {
  const { key: value, key_file: fileValue } = entry.value;
  const key = await readSecret(reader, { path: entry.path, field: 'key', value, fileValue });
  if (key === undefined) return undefined;
  const fault = keyFault(key);
  if (fault !== undefined) reader.findings.error(keyPath(entry), fault);
  return fault === undefined ? hashKey(key) : undefined;
}

/** The key is a part of the URL's path, so it must stand there as it is. */
function keyFault(key: string): string | undefined {
  if (key.length < limits.minKeyLength) return `must have at least ${limits.minKeyLength} characters`;
  if (key.length > limits.maxKeyLength) return `must have at most ${limits.maxKeyLength} characters`;
  if (!/^[A-Za-z0-9_.~-]+$/.test(key)) return 'must be made of letters, digits, "_", ".", "~" and "-"';
  return undefined;
}

function keyPath({ path, value }: Entry<SourceInput>) {
  return [...path, value.key_file === undefined ? 'key' : 'key_file'];
}
