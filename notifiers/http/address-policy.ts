import { BlockList, isIP, isIPv4 } from 'node:net';
import { TocsinError } from '../../domain/errors.ts';

/** `allowed` is what the configuration lists, whatever it is; `blocked` is everything else that is not the public internet. */
export type AddressVerdict = 'public' | 'allowed' | 'blocked';

export interface AddressPolicy {
  judge(address: string): AddressVerdict;
}

/** IANA's special-purpose registry for IPv4 (RFC 6890 and its updates), multicast, and one cloud's metadata address. */
const notPublicV4 = blockListOf([
  '0.0.0.0/8', // this network, the unspecified address
  '10.0.0.0/8', // private, RFC 1918
  '100.64.0.0/10', // carrier-grade NAT, RFC 6598
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // Azure's host endpoint, public in number only
  '169.254.0.0/16', // link-local, cloud metadata
  '172.16.0.0/12', // private
  '192.0.0.0/24', // IETF protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
]);

/**
 * All that IANA has given out for global unicast. Loopback, unspecified, IPv4-mapped, NAT64, unique local, link-local,
 * site-local and multicast lie outside of it, and so does whatever is invented next.
 */
const globalUnicastV6 = blockListOf(['2000::/3']);

const notPublicV6 = blockListOf([
  '2001::/23', // Teredo, ORCHID, benchmarking
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: an IPv4 address of anybody's choice inside
  '3fff::/20', // documentation
]);

/**
 * Says where outgoing requests may go. `allowPrivate` holds CIDR ranges or single addresses.
 * @throws TocsinError `invalid_config` for a malformed range.
 */
export function createAddressPolicy(allowPrivate: readonly string[]): AddressPolicy {
  const allowed = blockListOf(allowPrivate);
  return {
    judge(address) {
      const bare = withoutZone(address);
      const type = typeOf(bare);
      if (type === undefined) return 'blocked';
      // BlockList compares the IPv4 address inside an IPv4-mapped one with IPv4 ranges, which is where it would connect.
      if (allowed.check(bare, type)) return 'allowed';
      if (type === 'ipv4') return notPublicV4.check(bare, type) ? 'blocked' : 'public';
      return globalUnicastV6.check(bare, type) && !notPublicV6.check(bare, type) ? 'public' : 'blocked';
    },
  };
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) addRange(list, range);
  return list;
}

function addRange(list: BlockList, range: string): void {
  const [address = '', prefixText, ...rest] = range.trim().split('/');
  const type = typeOf(address);
  const widest = type === 'ipv4' ? 32 : 128;
  const prefix = prefixText === undefined ? widest : /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : -1;
  if (type === undefined || rest.length > 0 || prefix < 0 || prefix > widest) {
    throw new TocsinError('invalid_config', {
      path: '/outbound/allow_private',
      detail: `${JSON.stringify(range)} is not a range of addresses such as 10.0.0.0/8`,
    });
  }
  list.addSubnet(address, prefix, type);
}

function typeOf(address: string): 'ipv4' | 'ipv6' | undefined {
  if (isIP(address) === 0) return undefined;
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}

/** `fe80::1%eth0` names an interface too; the range decides. */
function withoutZone(address: string): string {
  return address.split('%', 1)[0] ?? '';
}
