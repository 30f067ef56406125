import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identifyProcess } from './process-identity.ts';

export interface LockFile {
  release(): void;
}

const attempts = 5;

/**
 * Lets one living process hold the file. The holder's pid and start time are in it, so that a lock left by a crash
 * is taken over even when its pid belongs to somebody else by now. Throws when a living process holds it.
 */
export function takeLockFile(file: string, what: string): LockFile {
  const mine = `${process.pid} ${identifyProcess(process.pid)?.startedAt ?? ''}\n`;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (writeNew(file, mine)) return { release: () => removeIf(file, mine) };
    const holder = readOrUndefined(file);
    if (holder === undefined) continue;
    const pid = livingHolder(holder);
    if (pid !== undefined) throw new Error(`${what} (pid ${pid})`);
    removeIf(file, holder);
  }
  throw new Error(`cannot take the lock ${file}`);
}

function livingHolder(text: string): number | undefined {
  const [, pid = '', startedAt = ''] = /^(\d+) (.*)\n$/.exec(text) ?? [];
  const process = identifyProcess(Number(pid));
  return process !== undefined && process.startedAt === startedAt ? Number(pid) : undefined;
}

/** Moves the file aside first: of two processes that find the same dead holder only one removes it. */
function removeIf(file: string, expected: string): void {
  if (readOrUndefined(file) !== expected) return;
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // somebody else was first
  }
  if (readFileSync(aside, 'utf8') === expected) rmSync(aside);
  else renameSync(aside, file);
}

function writeNew(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // released meanwhile
  }
}
