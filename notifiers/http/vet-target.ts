import { isIP } from 'node:net';
import type { AddressPolicy } from './address-policy.ts';
import { faultCodeOf } from './fault-code.ts';
import type { ResolvedAddress, ResolveHost } from './resolve-host.ts';

export type VettedTarget =
  | { readonly kind: 'vetted'; readonly url: URL; readonly addresses: readonly ResolvedAddress[] }
  /** `permanent` when another try cannot end otherwise. */
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly permanent: boolean;
      readonly hostname?: string;
    };

export interface VetOptions {
  readonly policy: AddressPolicy;
  readonly resolve: ResolveHost;
}

/** Decides whether a request may go to `target`, and to which addresses the connection must be pinned. */
export async function vetTarget(target: string, { policy, resolve }: VetOptions): Promise<VettedTarget> {
  // The WHATWG parser also unmasks literals such as 0x7f.1, 2130706433 and 127.1.
  const url = URL.parse(target);
  if (url === null) return refusal('the url is malformed');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refusal('the url is not http or https');
  if (url.username !== '' || url.password !== '') return refusal('the url carries credentials');

  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  let addresses: readonly ResolvedAddress[];
  try {
    addresses = await addressesOf(hostname, resolve);
  } catch (error) {
    const reason = `the name could not be resolved (${faultCodeOf(error)})`;
    return { kind: 'refused', reason, permanent: false, hostname };
  }
  if (addresses.length === 0) {
    return { kind: 'refused', reason: 'the name has no address', permanent: false, hostname };
  }
  const reason = objectionTo(url, addresses, policy);
  if (reason !== undefined) return { kind: 'refused', reason, permanent: true, hostname };
  return { kind: 'vetted', url, addresses };
}

async function addressesOf(hostname: string, resolve: ResolveHost): Promise<readonly ResolvedAddress[]> {
  const family = isIP(hostname);
  return family === 0 ? await resolve(hostname) : [{ address: hostname, family }];
}

/** One bad address refuses the name: a mixed answer is what DNS rebinding looks like. */
function objectionTo(
  url: URL,
  addresses: readonly ResolvedAddress[],
  policy: AddressPolicy,
): string | undefined {
  const verdicts = addresses.map(({ address }) => policy.judge(address));
  if (verdicts.includes('blocked')) {
    return 'the address is not public, and outbound.allow_private does not list it';
  }
  if (url.protocol === 'http:' && verdicts.includes('public')) {
    return 'http is allowed only to addresses that outbound.allow_private lists';
  }
  return undefined;
}

function refusal(reason: string): VettedTarget {
  return { kind: 'refused', reason, permanent: true };
}
