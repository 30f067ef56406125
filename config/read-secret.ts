import { dirname, resolve } from 'node:path';
import { limits } from '../domain/limits.ts';
import type { Findings } from './findings.ts';
import type { Path } from './problem.ts';

/** Where secrets are read from; `readFile` rejects with a `code` as node:fs does. */
export interface SecretReader {
  readonly file: string;
  readonly readFile: (path: string) => Promise<string>;
  readonly findings: Findings;
}

export interface SecretField {
  readonly path: Path;
  /** Such as `key`; its file stands under `key_file`. */
  readonly field: string;
  readonly value: string | undefined;
  readonly fileValue: string | undefined;
}

/** The secret that stands in the configuration or in the file it names; undefined when that was told as a problem. */
export async function readSecret(reader: SecretReader, secret: SecretField): Promise<string | undefined> {
  const { path, field, value, fileValue } = secret;
  const fileField = `${field}_file`;
  if (value !== undefined && fileValue !== undefined) {
    reader.findings.errorAtKey([...path, fileField], `give either ${field} or ${fileField}, not both`);
    return undefined;
  }
  if (fileValue !== undefined) return readSecretFile(reader, fileValue, [...path, fileField]);
  if (value === undefined)
    reader.findings.error([...path, field], `is missing; give ${field} or ${fileField}`);
  return value;
}

async function readSecretFile({ file, readFile, findings }: SecretReader, name: string, path: Path) {
  const text = await readFile(resolve(dirname(file), name)).catch((error: unknown) => {
    findings.error(path, `cannot be read: ${readFault(error)}`);
    return undefined;
  });
  if (text === undefined) return undefined;
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') findings.error(path, 'the file is empty');
  else if (secret.includes('\0')) findings.error(path, 'the file has a NUL character');
  else if (secret.length > limits.maxSecretFileBytes) findings.error(path, 'the file is too large');
  else return secret;
  return undefined;
}

/** Never the error's own message: it repeats the path, which may come from the environment. */
export function readFault(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EISDIR':
      return 'it is a directory';
    case 'EFBIG':
      return 'it is too large';
    case 'EILSEQ':
      return 'it is not valid UTF-8';
    default:
      return typeof code === 'string' && /^[A-Z0-9_]{1,32}$/.test(code) ? code : 'it is not a readable file';
  }
}
