import { createHash } from 'node:crypto';
import { type SignedFile, signatureOf } from './file-signature.ts';
import { type LoadFileOptions, type LoadResult, loadConfigFile } from './load.ts';
import { readTextFile } from './read-text-file.ts';
import type { Environment } from './substitute.ts';

/** What one look at the configuration found. */
export interface ConfigReading {
  readonly result: LoadResult;
  /** SHA-256 of all that was read, secrets too: to compare within the process, never to be shown or kept. */
  readonly digest: string;
  /** The configuration file and the files that it names, whether they could be read or not. */
  readonly files: readonly SignedFile[];
}

/** Loads a file and remembers what it read: a rotated secret changes the digest, though not the configuration's hash. */
export async function readConfig(
  path: string,
  env: Environment,
  how: Pick<LoadFileOptions, 'listen' | 'running' | 'parse'> = {},
): Promise<ConfigReading> {
  const hash = createHash('sha256');
  const files: SignedFile[] = [];
  const note = (name: string, content: string | null) => void hash.update(JSON.stringify([name, content]));
  const readText = async (name: string, maxBytes: number): Promise<string> => {
    files.push({ path: name, signature: await signatureOf(name) });
    try {
      const text = await readTextFile(name, maxBytes);
      note(name, text);
      return text;
    } catch (error) {
      note(name, null);
      throw error;
    }
  };
  const result = await loadConfigFile(path, env, { ...how, readText });
  return { result, files, digest: hash.digest('hex') };
}
