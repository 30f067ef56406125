import { createServer, type RequestListener, type Server } from 'node:http';
import { limits } from '../domain/limits.ts';
import { answerClientError } from './guards/client-error.ts';

export interface HttpListenerOptions {
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly connectionCheckMs: number;
  readonly keepAliveTimeoutMs: number;
  /** Open connections of all listeners together. */
  readonly maxConnections: number;
}

/** The HTTP servers of one process, all on one port. The first is Fastify's own. */
export interface HttpListeners {
  readonly main: Server;
  readonly others: readonly Server[];
}

/**
 * Why several: the event loop accepts one connection for each listening socket and turn (libuv#3696). A turn of an
 * overloaded process takes 0.2 s, so behind one socket a new sender, with a critical alert perhaps, would wait half a
 * minute. Where the system cannot share a port among sockets there is one socket.
 */
export function createHttpListeners(handler: RequestListener, options: HttpListenerOptions): HttpListeners {
  let open = 0;
  const openListener = (): Server => {
    const { headersTimeoutMs, requestTimeoutMs, connectionCheckMs, keepAliveTimeoutMs } = options;
    const server = createServer(
      {
        headersTimeout: headersTimeoutMs,
        requestTimeout: requestTimeoutMs,
        connectionsCheckingInterval: connectionCheckMs,
        keepAliveTimeout: keepAliveTimeoutMs,
      },
      handler,
    );
    server.prependListener('connection', (socket) => {
      if (open >= options.maxConnections) {
        socket.destroy();
        return;
      }
      open += 1;
      socket.once('close', () => {
        open -= 1;
      });
    });
    return server;
  };
  const main = openListener();
  const others = Array.from({ length: canSharePort ? limits.httpListeners - 1 : 0 }, openListener);
  for (const server of others) server.on('clientError', answerClientError);
  return { main, others };
}

/** Whether several sockets of this process may listen on one port. */
export const canSharePort = process.platform === 'linux' || process.platform === 'freebsd';
