import { limits } from '../domain/limits.ts';
import type { SourceConfig } from './config.ts';
import type { Path } from './problem.ts';
import { readSecret, type SecretReader } from './read-secret.ts';
import type { SignatureInput } from './schema/sources.ts';

/** How a source's requests are signed; undefined when a secret is missing or cannot be used, which is told. */
export async function buildSignature(
  input: SignatureInput,
  path: Path,
  reader: SecretReader,
): Promise<SourceConfig['signature']> {
  const secrets = await readSecrets(input, path, reader);
  if (secrets === undefined) return undefined;
  return {
    secrets,
    header: input.header.toLowerCase(),
    ...(input.timestamp_header !== undefined && { timestampHeader: input.timestamp_header.toLowerCase() }),
  };
}

async function readSecrets(
  { secret: value, secret_file: fileValue, secrets }: SignatureInput,
  path: Path,
  reader: SecretReader,
): Promise<readonly string[] | undefined> {
  if (secrets === undefined) {
    const found = await readSecret(reader, { path, field: 'secret', value, fileValue });
    if (found === undefined) return undefined;
    checkLength(found, [...path, fileValue === undefined ? 'secret' : 'secret_file'], reader);
    return [found];
  }
  if (value !== undefined || fileValue !== undefined) {
    reader.findings.errorAtKey([...path, 'secrets'], 'give one of secret, secret_file and secrets');
  }
  for (const [index, each] of secrets.entries()) checkLength(each, [...path, 'secrets', index], reader);
  return secrets;
}

function checkLength(secret: string, path: Path, { findings }: SecretReader): void {
  if (secret.length >= limits.minKeyLength) return;
  findings.error(path, `must have at least ${limits.minKeyLength} characters`);
}
