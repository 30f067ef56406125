import { LRUCache } from 'lru-cache';
import { limits } from '../../domain/limits.ts';
import type { RedisTier } from './redis-tier.ts';

/**
 * A number per owner of lists that rises when one of them may have changed. A burst of changes raises it once: what
 * was loaded after that is gone within `limits.listTtlMs` anyway, and so is what a lost message left behind.
 */
export interface Generations {
  /** The last that this process has heard of; 0 when it knows none. */
  current(owner: string): number;
  /** Tells every process, unless the current one began less than `limits.listTtlMs` ago. Never rejects. */
  raise(owner: string): Promise<void>;
}

export interface GenerationsOptions {
  /** Tells the generations of one kind of list from those of others. */
  readonly name: string;
  /** Without it only this process hears of a change. */
  readonly redis?: RedisTier;
  /** Milliseconds of a clock that does not step back. */
  readonly now: () => number;
}

interface Generation {
  readonly number: number;
  readonly heardAtMs: number;
}

export function createGenerations({ name, redis, now }: GenerationsOptions): Generations {
  const known = new LRUCache<string, Generation>({ max: limits.maxKnownGenerations });
  const current = (owner: string) => known.get(owner)?.number ?? 0;

  function learn(owner: string, number: number): void {
    if (number > current(owner)) known.set(owner, { number, heardAtMs: now() });
  }

  redis?.onDropped((key, version) => {
    if (key.view === name) learn(key.id, version);
  });

  return {
    current,
    async raise(owner) {
      const held = known.get(owner);
      if (held !== undefined && now() - held.heardAtMs < limits.listTtlMs) return;
      const raised = await redis?.raise({ view: name, id: owner }, limits.listTtlMs);
      if (raised?.kind === 'raised') learn(owner, raised.generation);
      else if (raised?.kind !== 'recent') learn(owner, current(owner) + 1);
    },
  };
}
