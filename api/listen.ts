import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { TocsinError } from '../domain/errors.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** Why an address cannot be had, in words for whoever started us. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'is taken by another process'],
  ['EACCES', 'may not be used by this user'],
  ['EADDRNOTAVAIL', 'is not an address of this machine'],
  ['ENOTFOUND', 'has a host that cannot be resolved'],
]);

/** Starts to listen and answers the address it got. Throws `invalid_config` when the address cannot be had. */
export async function listen(app: FastifyInstance, { host, port }: ListenAddress): Promise<ListenAddress> {
  try {
    await app.listen({ host: hostToBind(host), port });
  } catch (cause) {
    const reason = reasons.get(String((cause as { code?: unknown }).code));
    if (reason === undefined) throw cause;
    const detail = `cannot listen: ${host}:${port} ${reason}; set listen or TOCSIN_LISTEN`;
    throw new TocsinError('invalid_config', { path: '/listen', detail, cause });
  }
  const address = app.server.address() as AddressInfo;
  return { host, port: address.port };
}

/** Fastify would open a second server for `localhost`, without our limits on connections. */
function hostToBind(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}
