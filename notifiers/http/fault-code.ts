/** The code alone: Node's messages name hosts, addresses and header values, which may hold secrets. */
export function faultCodeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : 'unspecified';
}
