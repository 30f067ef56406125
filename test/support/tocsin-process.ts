import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Child, type ChildExit, signalGroup, startChild } from '../../dev/child.ts';

export interface TocsinProcessOptions {
  readonly role: 'server' | 'worker';
  readonly env: NodeJS.ProcessEnv;
  /** Grows over restarts. */
  readonly logFile: string;
}

/** A real `tocsin server` or `tocsin worker`, to be killed, frozen and started again. */
export interface TocsinProcess {
  start(): Promise<void>;
  /** `kill -9`; resolves once it is gone. */
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** SIGTERM; undefined when it does not run. */
  stop(): Promise<ChildExit | undefined>;
  readonly logFile: string;
}

const mainFile = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const stopTimeoutMs = 25_000;
const failTimeoutMs = 20_000;

export function createTocsinProcess({ role, env, logFile }: TocsinProcessOptions): TocsinProcess {
  let child: Child | undefined;
  const running = (): Child => {
    if (child === undefined || child.hasExited()) throw new Error(`the ${role} does not run`);
    return child;
  };
  return {
    logFile,
    async start() {
      if (child !== undefined && !child.hasExited()) throw new Error(`the ${role} runs already`);
      const args = ['--disable-proto=delete', mainFile, role];
      child = await startChild({ name: role, command: process.execPath, args, env, logFile, stopTimeoutMs });
    },
    async kill() {
      const { pid, exited } = running();
      signalGroup(pid, 'SIGKILL');
      await exited;
    },
    freeze: () => signalGroup(running().pid, 'SIGSTOP'),
    thaw: () => signalGroup(running().pid, 'SIGCONT'),
    async stop() {
      return child === undefined || child.hasExited() ? undefined : child.stop();
    },
  };
}

/** Runs a process that is expected to end by itself; one that does not is stopped and has no code. */
export async function startFailing({ role, env, logFile }: TocsinProcessOptions) {
  const args = ['--disable-proto=delete', mainFile, role];
  const child = await startChild({
    name: role,
    command: process.execPath,
    args,
    env,
    logFile,
    stopTimeoutMs,
  });
  const timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), failTimeoutMs);
  const { code } = await child.exited;
  clearTimeout(timer);
  return { code, log: readFileSync(logFile, 'utf8') };
}
