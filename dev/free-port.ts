import { createServer } from 'node:net';

/** A port of the host that is free now: the wished one where possible, else one that the system chooses. */
export async function freePort(wishedPort = 0, host = '127.0.0.1'): Promise<number> {
  const port = await tryListen(wishedPort, host);
  if (port !== undefined) return port;
  const other = await tryListen(0, host);
  if (other === undefined) throw new Error(`no free port on ${host}`);
  return other;
}

function tryListen(port: number, host: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const server = createServer();
  server.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
    else reject(error);
  });
  server.listen({ port, host, exclusive: true }, () => {
    const address = server.address();
    const taken = typeof address === 'object' && address !== null ? address.port : undefined;
    server.close(() => resolve(taken));
  });
  return promise;
}
