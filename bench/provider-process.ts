import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page, ProviderMessage, ProviderOrder } from './provider.ts';
import { wallClockMs } from './wall-clock.ts';

// A webhook receiver that accepts every page at once and tells its parent when; a process of its own, so that a busy
// generator does not make pages look late.

interface PageBody {
  readonly type: string;
  readonly notification: { readonly id: string; readonly round: number; readonly step: number };
  readonly incident: { readonly id: string; readonly labels: { readonly instance?: string } };
}

const tell = (message: ProviderMessage) => process.send?.(message);

async function readPage(request: IncomingMessage): Promise<Page> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { type, notification, incident } = JSON.parse(Buffer.concat(chunks).toString()) as PageBody;
  const { id: key, round, step } = notification;
  return {
    type,
    key,
    round,
    step,
    incidentId: incident.id,
    instance: incident.labels.instance,
    path: request.url ?? '',
    atMs: wallClockMs(),
  };
}

let isDown = false;
process.on('message', (order: ProviderOrder) => {
  isDown = order.isDown;
});

const server = createServer((request, response) => {
  if (isDown && request.url === '/flaky') {
    request.resume().once('end', () => response.writeHead(503).end());
    return;
  }
  readPage(request).then(
    (page) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      tell({ kind: 'page', page });
    },
    () => response.writeHead(400).end(),
  );
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
tell({ kind: 'ready', url: `http://127.0.0.1:${port}/page` });
process.once('disconnect', () => process.exit(0));
