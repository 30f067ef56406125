import { limits } from '../domain/limits.ts';
import type { SourceConfig } from './config.ts';
import { type Entry, validEntries } from './entries.ts';
import { readSecret, type SecretReader } from './read-secret.ts';
import { type SourceInput, sourceSchema } from './schema.ts';
import { hashKey } from './source-keys.ts';

/** Reads the keys of all sources and sees that no name and no key stands twice. */
export async function buildSources(
  document: unknown,
  reader: SecretReader,
): Promise<readonly SourceConfig[]> {
  const sources: SourceConfig[] = [];
  const names = new Map<string, string>();
  const keys = new Map<string, string>();
  for (const entry of validEntries(document, 'sources', sourceSchema)) {
    const place = `sources[${entry.key}]`;
    const { name, type, tenant } = entry.value;
    const other = names.get(name);
    if (other !== undefined)
      reader.findings.error([...entry.path, 'name'], `is the name of ${other} already`);
    names.set(name, place);
    const keyHash = await readKey(entry, reader);
    if (keyHash === undefined) continue;
    const hex = Buffer.from(keyHash).toString('hex');
    const owner = keys.get(hex);
    if (owner !== undefined) reader.findings.error(keyPath(entry), `is the key of ${owner} already`);
    keys.set(hex, place);
    sources.push({ name, type, tenant, keyHash });
  }
  return sources;
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
