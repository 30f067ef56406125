import { stat } from 'node:fs/promises';

/** A file as it was just before it was read. */
export interface SignedFile {
  readonly path: string;
  readonly signature: string;
}

/**
 * What tells that a file is another one or has been written to. Links are followed, so that the swap of a directory's
 * link, which is how Kubernetes changes a mounted file, counts too. A missing file has a signature as well.
 */
export async function signatureOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    // as with any other change, reading it tells in words what is wrong
    return String((error as { code?: unknown } | null)?.code);
  }
}
