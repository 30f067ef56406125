import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ScratchDir extends Disposable {
  readonly path: string;
}

/** A folder of one test, removed with what is in it; PostgreSQL's account may pass through it. */
export function createScratchDir(): ScratchDir {
  const path = mkdtempSync(join(tmpdir(), 'tocsin-scratch-'));
  chmodSync(path, 0o711);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
