import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPidFile, signalGroup } from './child.ts';
import { identifyProcess } from './process-identity.ts';

/** A process that an earlier run may have left behind. */
export interface Orphan {
  readonly name: string;
  readonly pidFile: string;
  /** Arguments that the command line of the process must hold; with another one it is a stranger's. */
  readonly marks: readonly string[];
  readonly stopSignal?: NodeJS.Signals;
}

export interface StopOrphansOptions {
  /** In the order in which they are to stop. */
  readonly orphans: readonly Orphan[];
  readonly report: (line: string) => void;
  /** For each, before SIGKILL. */
  readonly timeoutMs?: number;
}

const pollMs = 50;
const killTimeoutMs = 5_000;

/** Stops what a killed supervisor left running. A pid that belongs to another process by now is never signalled. */
export async function stopOrphans({
  orphans,
  report,
  timeoutMs = 15_000,
}: StopOrphansOptions): Promise<void> {
  for (const orphan of orphans) {
    const pid = readPidFile(orphan.pidFile);
    if (pid !== undefined && isOurs(pid, orphan.marks)) {
      report(`stopping ${orphan.name} of an earlier run (pid ${pid})`);
      await stopOrphan(pid, orphan, timeoutMs);
    }
    rmSync(orphan.pidFile, { force: true });
  }
}

async function stopOrphan(
  pid: number,
  { name, marks, stopSignal }: Orphan,
  timeoutMs: number,
): Promise<void> {
  signalGroup(pid, stopSignal ?? 'SIGTERM');
  signalGroup(pid, 'SIGCONT');
  if (await isGone(pid, marks, timeoutMs)) return;
  signalGroup(pid, 'SIGKILL');
  if (!(await isGone(pid, marks, killTimeoutMs)))
    throw new Error(`cannot stop ${name} of an earlier run (pid ${pid})`);
}

async function isGone(pid: number, marks: readonly string[], timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (!isOurs(pid, marks)) return true;
    await sleep(pollMs);
  }
  return false;
}

function isOurs(pid: number, marks: readonly string[]): boolean {
  const identity = identifyProcess(pid);
  if (identity === undefined) return false;
  const commandLine = ` ${identity.commandLine} `;
  return marks.every((mark) => commandLine.includes(` ${mark} `));
}
