import type { SenderCommand } from '../domain/alert/command.ts';
import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { mostSevere, type Severity } from '../domain/severity.ts';
import type { ParsedCommand } from '../sources/source.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type AppliedRate, createRateBuckets, type RatedContext } from './rate-buckets.ts';

export interface AdmissionOptions {
  readonly metrics: Pick<Metrics, 'admissionRefused'>;
  /** Smoothed lag of the event loop. */
  readonly loopLagMs: () => number;
  /** Alerts that wait for the database. */
  readonly queued: () => number;
}

export interface AdmissionContext extends RatedContext {
  readonly nowMs: number;
}

/** Says whether a request may go on to the database, before it costs anything there. */
export interface Admission {
  /**
   * A request is taken or refused as a whole: senders repeat whole requests, so a part that was left out would be lost
   * with the sender none the wiser. It is judged by its most severe alert, firing or over.
   *
   * @throws TocsinError `overloaded` with `retryAfterMs`
   */
  admit(commands: readonly ParsedCommand[], context: AdmissionContext): void;
}

type Refusable = Exclude<Severity, 'critical'>;

interface Refusal {
  readonly reason: 'source_rate' | 'tenant_rate' | 'queue' | 'loop_lag';
  readonly retryAfterMs: number;
}

/**
 * The least severe gives way first: from growing pressure, `info` is refused before `warning` and `warning` before
 * `error`. What is critical is never refused here, not even beyond its rate; only a full queue stops it, and the others
 * leave the last tenth of the queue to it.
 */
export function createAdmission({ metrics, loopLagMs, queued }: AdmissionOptions): Admission {
  const buckets = createRateBuckets();

  function findPressure(severity: Refusable): Refusal | undefined {
    const retryAfterMs = limits.overloadedRetryAfterMs;
    if (queued() / limits.maxQueuedAlerts >= limits.admitQueueShare[severity]) {
      return { reason: 'queue', retryAfterMs };
    }
    if (loopLagMs() >= limits.admitLoopLagMs[severity]) return { reason: 'loop_lag', retryAfterMs };
    return undefined;
  }

  return {
    admit(commands, context) {
      if (commands.length === 0) return;
      const severity = severityOf(commands);
      const rates = buckets.of(context);
      if (severity !== 'critical') {
        const demand = {
          count: commands.length,
          reserve: limits.admitReserve[severity],
          nowMs: context.nowMs,
        };
        const refusal = findPressure(severity) ?? findExcess(rates, demand);
        if (refusal !== undefined) {
          const labels = { source: context.source.name, severity, reason: refusal.reason };
          metrics.admissionRefused.inc(labels, commands.length);
          throw refused(refusal);
        }
      }
      for (const { bucket } of rates) bucket.take(commands.length, context.nowMs);
    },
  };
}

function refused({ reason, retryAfterMs }: Refusal): TocsinError {
  const detail = reason.endsWith('_rate') ? 'more alerts than agreed; try again later' : undefined;
  return new TocsinError('overloaded', { retryAfterMs, ...(detail !== undefined && { detail }) });
}

/** A human who takes care is never refused. A clear without severity counts as an alert without one: `error`. */
function severityOf(commands: readonly ParsedCommand[]): Severity {
  return commands.map(({ command }) => severityOfCommand(command)).reduce(mostSevere);
}

function severityOfCommand(command: SenderCommand): Severity {
  if (command.kind === 'observe') return command.alert.severity;
  return command.kind === 'acknowledge' ? 'critical' : 'error';
}

interface Demand {
  readonly count: number;
  readonly reserve: number;
  readonly nowMs: number;
}

function findExcess(rates: readonly AppliedRate[], { count, reserve, nowMs }: Demand): Refusal | undefined {
  for (const { reason, bucket } of rates) {
    const waitMs = bucket.waitFor(count, { reserve, nowMs });
    if (waitMs > 0) {
      const retryAfterMs = Math.min(
        limits.maxRateRetryAfterMs,
        Math.max(limits.overloadedRetryAfterMs, waitMs),
      );
      return { reason, retryAfterMs };
    }
  }
  return undefined;
}
