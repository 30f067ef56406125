import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export interface SecretFile {
  readonly secret: string;
  /** True when this call made it. */
  readonly isNew: boolean;
}

const secretBytes = 32;

/** A secret of 256 bit that is made once and kept in a file that only its owner may read. */
export function readOrMakeSecret(file: string, prefix = ''): SecretFile {
  if (existsSync(file)) {
    const secret = readFileSync(file, 'utf8').trim();
    if (secret === '') throw new Error(`${file} is empty: remove it to get a new secret`);
    return { secret, isNew: false };
  }
  const secret = `${prefix}${randomBytes(secretBytes).toString('base64url')}`;
  writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  return { secret, isNew: true };
}
