import type { PartState, Readiness, ReadinessReport } from './ports.ts';

/** Looks at one part; may take its time or throw, which both count as `down`. */
export type Probe = () => PartState | Promise<PartState>;

export interface ReadinessOptions {
  /** Without these nothing can be accepted. */
  readonly required: { readonly postgres: Probe; readonly lane: Probe };
  /** Needed once, before the first alert; later accepting goes on without them. */
  readonly warmUp: { readonly temporal: Probe; readonly worker: Probe };
  /** Told, never required: Redis, the last reload of the configuration. */
  readonly reported: Readonly<Record<string, Probe>>;
  readonly now: () => number;
  readonly probeTimeoutMs: number;
  /** An answer stands this long: `/readyz` needs no token, so asking often must cost nothing. */
  readonly reuseMs: number;
}

/**
 * Not ready until PostgreSQL, the lane, Temporal and a polling worker were all there at once; from then on
 * PostgreSQL and the lane decide, and the rest is told as degraded.
 */
export function createReadiness(options: ReadinessOptions): Readiness {
  const probes = Object.entries({ ...options.required, ...options.warmUp, ...options.reported });
  const required = Object.keys(options.required);
  const warmUp = Object.keys(options.warmUp);
  let isWarm = false;
  let last: { report: Promise<ReadinessReport>; until: number } | undefined;

  async function look(): Promise<ReadinessReport> {
    const states = await Promise.all(
      probes.map(async ([name, probe]) => [name, await stateOf(probe, options.probeTimeoutMs)] as const),
    );
    const parts = Object.fromEntries(states);
    const isUp = (name: string): boolean => parts[name] === 'ok' || parts[name] === 'degraded';
    isWarm ||= [...required, ...warmUp].every(isUp);
    const degraded = states
      .filter(([, state]) => state === 'degraded' || state === 'down')
      .map(([name]) => name);
    return { ready: isWarm && required.every(isUp), degraded, parts };
  }

  return {
    check() {
      const now = options.now();
      if (last === undefined || now >= last.until) {
        const report = look();
        const current = { report, until: Number.POSITIVE_INFINITY };
        last = current;
        return report.finally(() => {
          current.until = options.now() + options.reuseMs;
        });
      }
      return last.report;
    },
  };
}

async function stateOf(probe: Probe, timeoutMs: number): Promise<PartState> {
  const timeout = Promise.withResolvers<PartState>();
  const timer = setTimeout(() => timeout.resolve('down'), timeoutMs);
  try {
    return await Promise.race([probe(), timeout.promise]);
  } catch {
    // the answer is that it is down; why is in the log of whoever owns the part
    return 'down';
  } finally {
    clearTimeout(timer);
  }
}
