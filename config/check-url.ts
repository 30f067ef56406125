import { isIP } from 'node:net';
import { createRangeList, findPrivateRange, isInRanges } from './address-ranges.ts';

/**
 * What is wrong with a URL that pages go to, without a word of the URL itself: its path may be a secret.
 * Names are resolved only when something is sent, so only literal addresses are judged here.
 */
export function outgoingUrlFault(text: string, allowPrivate: readonly string[]): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return 'is not a valid URL';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must start with https://';
  if (url.username !== '' || url.password !== '') return 'must not carry a user name or password';
  const address = literalAddress(url.hostname);
  const isAllowed = address !== undefined && isInRanges(address, createRangeList(allowPrivate));
  if (isAllowed) return undefined;
  const range = address === undefined ? undefined : findPrivateRange(address);
  if (range !== undefined) {
    return `points to ${range.what}; add "${range.cidr}" to outbound.allow_private if that is intended`;
  }
  return url.protocol === 'http:' ? plainHttpFault(address, allowPrivate) : undefined;
}

/** A name may turn out to be in a listed range, which the client sees when it sends. */
function plainHttpFault(address: string | undefined, allowPrivate: readonly string[]): string | undefined {
  if (address === undefined && allowPrivate.length > 0) return undefined;
  return 'must start with https://; plain http is for addresses that outbound.allow_private lists';
}

/** The URL parser has already turned forms such as 0x7f.1 into plain ones. */
function literalAddress(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (isIP(bare) !== 0) return bare;
  return bare === 'localhost' || bare.endsWith('.localhost') ? '127.0.0.1' : undefined;
}

export function publicUrlFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return 'is not a valid URL';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must start with http:// or https://';
  if (url.username !== '' || url.password !== '') return 'must not carry a user name or password';
  if (url.search !== '' || url.hash !== '') return 'must not have a query or a fragment';
  return undefined;
}
