import { BlockList, isIP, isIPv4 } from 'node:net';

interface PrivateRange {
  readonly cidr: string;
  readonly what: string;
}

/**
 * What a URL's literal address must not be unless it is listed. This is only the early word to whoever edits the
 * file: at the time of sending, the guarded HTTP client judges the address that it really connects to.
 */
const privateRanges: readonly PrivateRange[] = [
  { cidr: '127.0.0.0/8', what: 'a loopback address' },
  { cidr: '10.0.0.0/8', what: 'a private address' },
  { cidr: '172.16.0.0/12', what: 'a private address' },
  { cidr: '192.168.0.0/16', what: 'a private address' },
  { cidr: '169.254.0.0/16', what: 'a link-local address' },
  { cidr: '100.64.0.0/10', what: 'a carrier-grade NAT address' },
  { cidr: '0.0.0.0/8', what: 'an unspecified address' },
  { cidr: '192.0.2.0/24', what: 'a documentation address' },
  { cidr: '198.51.100.0/24', what: 'a documentation address' },
  { cidr: '203.0.113.0/24', what: 'a documentation address' },
  { cidr: '198.18.0.0/15', what: 'a benchmarking address' },
  { cidr: '224.0.0.0/4', what: 'a multicast address' },
  { cidr: '240.0.0.0/4', what: 'a reserved address' },
  { cidr: '::1/128', what: 'a loopback address' },
  { cidr: '::/128', what: 'an unspecified address' },
  { cidr: 'fc00::/7', what: 'a private address' },
  { cidr: 'fe80::/10', what: 'a link-local address' },
  { cidr: '2001:db8::/32', what: 'a documentation address' },
  { cidr: '64:ff9b::/96', what: 'a NAT64 address' },
  { cidr: '2002::/16', what: 'a 6to4 address' },
  { cidr: 'ff00::/8', what: 'a multicast address' },
];

const privateLists = privateRanges.map((range) => ({ ...range, list: createRangeList([range.cidr]) }));

export function findPrivateRange(address: string): PrivateRange | undefined {
  const family = familyOf(address);
  if (family === undefined) return undefined;
  return privateLists.find(({ list }) => list.check(address, family));
}

export function isInRanges(address: string, ranges: BlockList): boolean {
  const family = familyOf(address);
  return family !== undefined && ranges.check(address, family);
}

/** Entries that are no ranges are left out; `isRange` tells of them. */
export function createRangeList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const parsed = parseRange(range);
    if (parsed !== undefined) list.addSubnet(parsed.address, parsed.prefix, parsed.family);
  }
  return list;
}

export function isRange(text: string): boolean {
  return parseRange(text) !== undefined;
}

function parseRange(text: string) {
  const [address = '', prefixText, ...rest] = text.split('/');
  const family = familyOf(address);
  if (family === undefined || address.includes('%') || rest.length > 0) return undefined;
  const widest = family === 'ipv4' ? 32 : 128;
  if (prefixText === undefined) return { address, prefix: widest, family };
  const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  return prefix <= widest ? { address, prefix, family } : undefined;
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  if (isIP(address) === 0) return undefined;
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
