import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, backoffMs, defaultBackoff } from './backoff.ts';
import { type Child, describeExit, signalGroup } from './child.ts';

/** One process to keep running. */
export interface Supervised {
  readonly name: string;
  /** Resolves when the process is ready for what starts after it; called again after each death. */
  readonly start: (signal: AbortSignal) => Promise<Child>;
}

export type SupervisorEvent =
  | { readonly kind: 'started'; readonly name: string; readonly pid: number; readonly restarts: number }
  | {
      readonly kind: 'died';
      readonly name: string;
      readonly how: string;
      readonly restartInMs: number;
      readonly logTail: string;
    }
  | {
      readonly kind: 'start_failed';
      readonly name: string;
      readonly error: unknown;
      readonly restartInMs: number;
    }
  | { readonly kind: 'stopped'; readonly name: string };

export interface SupervisorOptions {
  /** In the order in which they start; they stop in the reverse order. */
  readonly processes: readonly Supervised[];
  readonly report: (event: SupervisorEvent) => void;
  readonly backoff?: Backoff;
  readonly now?: () => number;
}

export interface Supervisor {
  /** Starts one after the other; when one does not start, those before it are stopped and the error is thrown. */
  start(): Promise<void>;
  /** Stops in order, each with its own deadline; safe to call more than once. */
  stop(): Promise<void>;
  /** Kills everything at once. */
  kill(): void;
}

/**
 * Restarts what exits, without an upper count: a pager that stays down pages nobody. Only an exit is a death; a
 * stopped process is somebody's debugging session and is left alone.
 */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { processes, report, backoff = defaultBackoff, now = () => performance.now() } = options;
  const stopping = new AbortController();
  const running = new Map<string, Child>();
  const watches = new Map<string, Promise<void>>();
  let starting: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;

  async function launch(spec: Supervised, restarts: number): Promise<Child> {
    const child = await spec.start(stopping.signal);
    running.set(spec.name, child);
    report({ kind: 'started', name: spec.name, pid: child.pid, restarts });
    return child;
  }

  async function watch(spec: Supervised, first: Child): Promise<void> {
    let child: Child | undefined = first;
    let startedMs = now();
    let failures = 0;
    for (let restarts = 1; ; restarts++) {
      const exit = await child?.exited;
      if (stopping.signal.aborted) return;
      failures = exit !== undefined && now() - startedMs >= backoff.resetAfterMs ? 1 : failures + 1;
      const restartInMs = backoffMs(backoff, failures);
      if (exit !== undefined && child !== undefined)
        report({
          kind: 'died',
          name: spec.name,
          how: describeExit(exit),
          restartInMs,
          logTail: child.logTail(),
        });
      await sleep(restartInMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      child = await launch(spec, restarts).catch((error: unknown) => {
        if (!stopping.signal.aborted)
          report({
            kind: 'start_failed',
            name: spec.name,
            error,
            restartInMs: backoffMs(backoff, failures + 1),
          });
        return undefined;
      });
      startedMs = now();
    }
  }

  async function startAll(): Promise<void> {
    for (const spec of processes) {
      stopping.signal.throwIfAborted();
      watches.set(spec.name, watch(spec, await launch(spec, 0)));
    }
  }

  async function stopAll(): Promise<void> {
    stopping.abort(new Error('the supervisor is stopping'));
    await starting?.catch(() => {}); // whoever called start() has this error
    for (const { name } of processes.toReversed()) {
      await running.get(name)?.stop();
      await watches.get(name);
      await running.get(name)?.stop(); // a restart that was under way when the stop came
      if (running.delete(name)) report({ kind: 'stopped', name });
    }
  }

  function stop(): Promise<void> {
    stopped ??= stopAll();
    return stopped;
  }

  return {
    start: async () => {
      starting ??= startAll();
      try {
        await starting;
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
    kill: () => {
      stopping.abort(new Error('the supervisor is killed'));
      for (const child of running.values()) if (!child.hasExited()) signalGroup(child.pid, 'SIGKILL');
    },
  };
}
