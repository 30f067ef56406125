import type { ProcessorSpec, SourceConfig } from '../../config/config.ts';
import { formatMatcher } from '../../domain/matcher/matcher.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { type Chain, createChain, createProcessor } from './chain.ts';
import type { Processor } from './processor.ts';

export type ConfiguredSource = Pick<SourceConfig, 'tenant' | 'name' | 'processors'>;
export type ConfiguredSources = { readonly sources: readonly ConfiguredSource[] };

/** The chain of a source under the configuration that a request is decided by. */
export interface Chains {
  chainOf(source: ConfiguredSource, config: ConfiguredSources): Chain;
}

/**
 * Chains are made once for each configuration and source. What `outlier` and `limit` have counted goes on over a reload
 * that leaves them as they are; it ends with a restart of the process, and each server counts for itself.
 */
export function createChains(metrics: Pick<Metrics, 'redactions'>): Chains {
  const made = new WeakMap<ConfiguredSources, Map<string, Chain>>();
  const counting = new Map<string, ReadonlyMap<string, Processor>>();

  function makeChain(source: ConfiguredSource): Chain {
    const key = keyOf(source);
    const before = counting.get(key);
    const now = new Map<string, Processor>();
    const processors = source.processors.map((spec, at) => {
      if (spec.kind !== 'outlier' && spec.kind !== 'limit') return create(spec, source);
      const name = `${countBefore(source.processors, at)} ${specKeyOf(spec)}`;
      const processor = before?.get(name) ?? create(spec, source);
      now.set(name, processor);
      return processor;
    });
    counting.set(key, now);
    return createChain(processors);
  }

  function create(spec: ProcessorSpec, { name }: ConfiguredSource): Processor {
    return createProcessor(spec, { metrics, source: name });
  }

  function open(config: ConfiguredSources): Map<string, Chain> {
    const chains = new Map<string, Chain>();
    made.set(config, chains);
    const configured = new Set(config.sources.map(keyOf));
    for (const key of counting.keys()) if (!configured.has(key)) counting.delete(key);
    return chains;
  }

  return {
    chainOf(source, config) {
      const chains = made.get(config) ?? open(config);
      const key = keyOf(source);
      const chain = chains.get(key) ?? makeChain(source);
      chains.set(key, chain);
      return chain;
    },
  };
}

function keyOf({ tenant, name }: ConfiguredSource): string {
  return JSON.stringify([tenant, name]);
}

/** Two that are configured alike count apart: the place among their like is a part of who they are. */
function countBefore(specs: readonly ProcessorSpec[], at: number): number {
  const key = specKeyOf(specs[at]);
  return specs.slice(0, at).filter((spec) => specKeyOf(spec) === key).length;
}

function specKeyOf(spec: ProcessorSpec | undefined): string {
  if (spec === undefined || !('match' in spec)) return JSON.stringify(spec);
  return JSON.stringify({ ...spec, match: spec.match.map(formatMatcher) });
}
