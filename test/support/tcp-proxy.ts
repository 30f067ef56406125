import type { AddressInfo } from 'node:net';
import { createServer, connect as dial, type Socket } from 'node:net';

/** Stands between a client and a server, and can break their connections in ways that servers cannot. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Delivers what clients send, then cuts: the server acts on it, the client never hears of it. */
  cutAfterSending(match: (bytes: Buffer) => boolean): Promise<void>;
  /** The same, but for the last `missing` bytes of what matches: the server gets nearly all of it. */
  cutShortOf(missing: number, match: (bytes: Buffer) => boolean): Promise<void>;
  cutAll(): void;
  /** New connections are cut at once while refusing. */
  refuse(refusing: boolean): void;
  /** Nothing passes in either direction, and nobody is told. */
  freeze(frozen: boolean): void;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  isCut: boolean;
}

export async function startTcpProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpProxy> {
  const links = new Set<Link>();
  let trap: { readonly missing: number; match(bytes: Buffer): boolean; sprung(): void } | undefined;
  let isRefusing = false;

  const onClientBytes = (link: Link, bytes: Buffer) => {
    if (trap === undefined || !trap.match(bytes)) {
      link.server.write(bytes);
      return;
    }
    const { sprung, missing } = trap;
    trap = undefined;
    link.isCut = true;
    link.server.end(bytes.subarray(0, bytes.length - missing));
    link.client.destroy();
    sprung();
  };

  const server = createServer((client) => {
    if (isRefusing) {
      client.destroy();
      return;
    }
    const link: Link = { client, server: dial(target), isCut: false };
    links.add(link);
    client.on('data', (bytes) => onClientBytes(link, bytes));
    link.server.on('data', (bytes) => {
      if (!link.isCut) client.write(bytes);
    });
    for (const socket of [client, link.server]) socket.on('error', () => {}); // 'close' follows
    client.on('close', () => {
      if (!link.isCut) link.server.destroy();
    });
    link.server.on('close', () => {
      links.delete(link);
      client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = () => {
    for (const { client, server: upstream } of links) {
      client.destroy();
      upstream.destroy();
    }
  };

  const cutShortOf = (missing: number, match: (bytes: Buffer) => boolean): Promise<void> =>
    new Promise((resolve) => {
      trap = { missing, match, sprung: resolve };
    });

  return {
    port: (server.address() as AddressInfo).port,
    cutAfterSending: (match) => cutShortOf(0, match),
    cutShortOf,
    cutAll,
    refuse: (refusing) => {
      isRefusing = refusing;
    },
    freeze: (frozen) => {
      for (const link of links)
        for (const end of [link.client, link.server]) frozen ? end.pause() : end.resume();
    },
    async [Symbol.asyncDispose]() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
