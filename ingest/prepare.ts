import type { SourceConfig, TocsinConfig } from '../config/config.ts';
import type { ParsedCommand } from '../sources/source.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type AdmissionContext, createAdmission } from './admission.ts';
import { type Chains, createChains } from './processors/chains.ts';
import type { ProcessorDropReason } from './processors/processor.ts';

export interface PrepareOptions {
  readonly metrics: Pick<Metrics, 'redactions' | 'admissionRefused'>;
  readonly loopLagMs: () => number;
  readonly queued: () => number;
}

export interface PrepareContext extends AdmissionContext {
  readonly source: SourceConfig;
  /** The one that the whole request is decided by. */
  readonly config: TocsinConfig;
}

export interface Prepared {
  readonly commands: readonly ParsedCommand[];
  readonly dropped: readonly { readonly index: number; readonly reason: ProcessorDropReason }[];
}

/** @throws TocsinError `overloaded` when the whole request must come back later */
export type Prepare = (commands: readonly ParsedCommand[], context: PrepareContext) => Prepared;

/**
 * Processors, then admission, which judges what they left: a severity may have been mapped, and what was dropped asks for
 * nothing. That a refused request comes back and passes the processors again changes no count of theirs.
 */
export function createPrepare(options: PrepareOptions): Prepare {
  const chains = createChains(options.metrics);
  const admission = createAdmission(options);
  return (commands, context) => {
    const prepared = process(commands, context, chains);
    admission.admit(prepared.commands, context);
    return prepared;
  };
}

function process(
  commands: readonly ParsedCommand[],
  { source, config, nowMs }: PrepareContext,
  chains: Chains,
): Prepared {
  if (source.processors.length === 0) return { commands, dropped: [] };
  const chain = chains.chainOf(source, config);
  const left: ParsedCommand[] = [];
  const dropped: { index: number; reason: ProcessorDropReason }[] = [];
  for (const parsed of commands) {
    const { index, command } = parsed;
    if (command.kind !== 'observe') {
      left.push(parsed);
      continue;
    }
    const processed = chain.process(command.alert, nowMs);
    if (processed.kind === 'dropped') dropped.push({ index, reason: processed.reason });
    else if (processed.alert === command.alert) left.push(parsed);
    else left.push({ index, command: { kind: 'observe', alert: processed.alert } });
  }
  return { commands: left, dropped };
}
