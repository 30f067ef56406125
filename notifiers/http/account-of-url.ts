/** What breaks together behind an address: its host and port alone, as path, query and user may be secrets. */
export function accountOfUrl(url: string): string {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return port === '' ? host : `${host}:${port}`;
}
