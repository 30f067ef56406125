import { lookup } from 'node:dns/promises';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name; rejects as `dns.lookup` does. */
export type ResolveHost = (hostname: string) => Promise<readonly ResolvedAddress[]>;

const resolveBySystem: ResolveHost = (hostname) => lookup(hostname, { all: true });

/**
 * One lookup per name at a time: `getaddrinfo` cannot be cancelled and holds one of few threads,
 * so that attempts at a name whose server is silent must not pile up behind each other.
 */
export function createHostResolver(resolve: ResolveHost = resolveBySystem): ResolveHost {
  const inFlight = new Map<string, Promise<readonly ResolvedAddress[]>>();
  return (hostname) => {
    const running = inFlight.get(hostname);
    if (running !== undefined) return running;
    const started = Promise.resolve(resolve(hostname)).finally(() => inFlight.delete(hostname));
    inFlight.set(hostname, started);
    return started;
  };
}
