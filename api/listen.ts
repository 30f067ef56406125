import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { TocsinError } from '../domain/errors.ts';
import { canSharePort } from './http-listeners.ts';

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
    return await openListeners(app, { host: hostToBind(host), port });
  } catch (cause) {
    const reason = reasons.get(String((cause as { code?: unknown }).code));
    if (reason === undefined) throw cause;
    const detail = `cannot listen: ${host}:${port} ${reason}; set listen or TOCSIN_LISTEN`;
    throw new TocsinError('invalid_config', { path: '/listen', detail, cause });
  }
}

async function openListeners(app: FastifyInstance, wanted: ListenAddress): Promise<ListenAddress> {
  const { host } = wanted;
  if (!canSharePort) {
    await app.listen({ ...wanted });
    return { host, port: portOf(app) };
  }
  await assertFree(wanted);
  const shared = { ...wanted, reusePort: true };
  await app.listen(shared);
  const port = portOf(app);
  for (const listener of app.otherListeners) {
    listener.listen({ host, port, reusePort: true });
    await once(listener, 'listening');
  }
  return { host, port };
}

/** A port that may be shared is free to all of this user's processes that share it, another server of ours among them. */
async function assertFree({ host, port }: ListenAddress): Promise<void> {
  if (port === 0) return;
  const probe = createServer().listen({ host, port, exclusive: true });
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}

function portOf(app: FastifyInstance): number {
  return (app.server.address() as AddressInfo).port;
}

/** Fastify would open a second server for `localhost`, without our limits on connections. */
function hostToBind(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}
