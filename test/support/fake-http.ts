import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly receivedAtMs: number;
}

export interface PlainAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A plain answer, or a function that does with the connection what it likes. */
export type Answer = PlainAnswer | ((socket: Socket) => void);

export interface FakeHttpOptions {
  readonly answer: (request: RecordedRequest) => Answer | Promise<Answer>;
  readonly port?: number;
}

export interface FakeHttp extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  openConnections(): number;
  /** Calls it with every new connection, before a byte is read. */
  onConnection(handle: ((socket: Socket) => void) | undefined): void;
  close(): Promise<void>;
}

/** A real HTTP server on a free port of 127.0.0.1 that remembers what it was asked. */
export async function createFakeHttp({ answer, port = 0 }: FakeHttpOptions): Promise<FakeHttp> {
  const requests: RecordedRequest[] = [];
  const sockets = new Set<Socket>();
  let handleConnection: ((socket: Socket) => void) | undefined;

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await record(incoming);
    requests.push(request);
    const chosen = await answer(request);
    if (typeof chosen === 'function') chosen(incoming.socket);
    else response.writeHead(chosen.status, { ...chosen.headers }).end(chosen.body);
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    handleConnection?.(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

  const close = async () => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    openConnections: () => sockets.size,
    onConnection(handler) {
      handleConnection = handler;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const receivedAtMs = Date.now();
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value);
  const body = Buffer.concat(chunks).toString('utf8');
  return { method: incoming.method ?? '', path: incoming.url ?? '', headers, body, receivedAtMs };
}
