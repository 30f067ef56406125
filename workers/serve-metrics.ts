import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ListenAddress } from '../config/listen.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** A worker has no API, yet pages are counted in it: `GET /metrics` and nothing else. */
export async function serveMetrics(
  { host, port }: ListenAddress,
  { registry }: Metrics,
): Promise<{ close(): void }> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.requestTimeout = 5_000;
  server.headersTimeout = 5_000;
  server.maxConnections = 20;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
