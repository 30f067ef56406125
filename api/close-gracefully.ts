import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

export interface CloseOptions {
  readonly drainMs: number;
  readonly closeGraceMs: number;
}

/**
 * `close()` in steps: answers say `Connection: close` and `/readyz` 503 for `drainMs`, then nothing new is let in,
 * then requests in flight have `closeGraceMs` before their connections are cut. Answers whether it has begun.
 */
export function closeGracefully(
  app: FastifyInstance,
  { drainMs, closeGraceMs }: CloseOptions,
): () => boolean {
  let isDraining = false;
  let cut: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    isDraining = true;
    if (!app.server.listening) return;
    await sleep(drainMs);
    const listeners = [app.server, ...app.otherListeners];
    cut = setTimeout(() => {
      for (const listener of listeners) listener.closeAllConnections();
    }, closeGraceMs).unref();
    await Promise.all(listeners.map((listener) => new Promise((resolve) => listener.close(resolve))));
  });
  app.addHook('onClose', async () => clearTimeout(cut));
  return () => isDraining;
}
