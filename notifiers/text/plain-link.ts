/** Longer addresses are left out rather than cut. */
const maxLinkLength = 1_500;

/** An address from an alert that a message may link to: plain http or https, of sane length, without credentials. */
export function plainLink(target: string | undefined): string | undefined {
  const url = target === undefined ? null : URL.parse(target);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  return url.href.length > maxLinkLength ? undefined : url.href;
}
