import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** What tells a process from another that got the same pid later. */
export interface ProcessIdentity {
  readonly commandLine: string;
  /** Opaque: only good for comparing. */
  readonly startedAt: string;
}

/** The living process with this pid; undefined when there is none, or only a zombie. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return existsSync('/proc/self/stat') ? identifyByProc(pid) : identifyByPs(pid);
}

function identifyByProc(pid: number): ProcessIdentity | undefined {
  try {
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; the start time is the 20th field after it.
    const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    if (commandLine === '' || startedAt === undefined) return undefined;
    return { commandLine, startedAt };
  } catch {
    return undefined; // no such process, or none that we may look at
  }
}

function identifyByPs(pid: number): ProcessIdentity | undefined {
  try {
    const line = execFileSync('ps', ['-ww', '-o', 'lstart=,command=', '-p', String(pid)], {
      encoding: 'utf8',
    });
    const startedAt = line.slice(0, 24);
    const commandLine = line.slice(24).trim();
    return commandLine === '' ? undefined : { commandLine, startedAt };
  } catch {
    return undefined; // ps ends with 1 when there is no such process
  }
}
