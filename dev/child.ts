import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readLogTail } from './log-file.ts';

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Gets stdout and stderr. A file and no pipe, so that the child outlives whoever started it. */
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly stopSignal?: NodeJS.Signals;
  /** How long an orderly stop may take before SIGKILL. */
  readonly stopTimeoutMs?: number;
  /** Holds the pid and nothing else while the process lives. */
  readonly pidFile?: string;
}

/** A process in a group of its own, so that Ctrl-C in the terminal reaches its supervisor alone. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<ChildExit>;
  hasExited(): boolean;
  logTail(): string;
  /** Asks for an orderly end, kills after the deadline, and resolves once the process is gone. */
  stop(): Promise<ChildExit>;
}

const defaultStopTimeoutMs = 10_000;

/** Starts the process; rejects when it cannot be executed at all. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const child = spawnIntoLog(options);
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await once(child, 'spawn').catch((cause: unknown) => {
    throw new Error(`${options.name}: cannot execute ${options.command}`, { cause });
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${options.name}: ${options.command} has no pid`);
  if (options.pidFile !== undefined) keepPidFile(options.pidFile, pid, exited);
  const hasExited = () => child.exitCode !== null || child.signalCode !== null;
  return {
    name: options.name,
    pid,
    exited,
    hasExited,
    logTail: () => readLogTail(options.logFile),
    stop: async () => {
      if (hasExited()) return exited;
      signalGroup(pid, options.stopSignal ?? 'SIGTERM');
      signalGroup(pid, 'SIGCONT');
      const kill = setTimeout(
        () => signalGroup(pid, 'SIGKILL'),
        options.stopTimeoutMs ?? defaultStopTimeoutMs,
      );
      return exited.finally(() => clearTimeout(kill));
    },
  };
}

function keepPidFile(file: string, pid: number, exited: Promise<ChildExit>): void {
  writeFileSync(file, `${pid}\n`);
  void exited.then(() => {
    if (readPidFile(file) === pid) rmSync(file, { force: true });
  });
}

/** The pid in the file; undefined where there is no file or no number in it. */
export function readPidFile(file: string): number | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined; // the process ended in an orderly way, or never started
  }
}

function spawnIntoLog(options: ChildOptions): ChildProcess {
  const log = openSync(options.logFile, 'a', 0o600);
  try {
    return spawn(options.command, options.args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: options.env ?? process.env,
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      ...(options.uid !== undefined && { uid: options.uid }),
      ...(options.gid !== undefined && { gid: options.gid }),
    });
  } finally {
    closeSync(log);
  }
}

/** Signals a process and what it started; nothing happens where they are gone already. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export function describeExit({ code, signal }: ChildExit): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
