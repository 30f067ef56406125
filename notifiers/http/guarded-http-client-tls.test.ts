import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createSelfSigned } from '../../test/support/self-signed.ts';
import { createGuardedHttpClient } from './guarded-http-client.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Every name leads to this machine. */
function post(url: string, timeoutMs = 5_000) {
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  const client = createGuardedHttpClient({ allowPrivate: ['127.0.0.0/8'], timeoutMs, resolve });
  cleanups.push(async () => client.close());
  return client.post({ url, headers: {}, body: '{"a":1}', signal: new AbortController().signal });
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

describe('guarded http client over TLS', () => {
  async function serveTls(dnsName: string) {
    const certificate = createSelfSigned(dnsName);
    const hosts: unknown[] = [];
    const names: unknown[] = [];
    const server = createHttpsServer({ ...certificate }, (request, response) => {
      names.push((request.socket as { servername?: unknown }).servername);
      hosts.push(request.headers.host);
      if (request.url === '/reset') request.socket.destroy();
      else response.end('hello');
    });
    cleanups.push(async () => server.closeAllConnections());
    return { port: await listen(server), certificate, hosts, names };
  }

  function trust(cert: string) {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, cert]);
    cleanups.push(async () => setDefaultCACertificates(before));
  }

  it('keeps name, SNI and Host while it connects to the vetted address', async () => {
    const { port, certificate, hosts, names } = await serveTls('hooks.example');
    trust(certificate.cert);
    const result = await post(`https://hooks.example:${port}/`);
    expect(result).toMatchObject({ kind: 'response', status: 200, body: 'hello' });
    expect(hosts).toEqual([`hooks.example:${port}`]);
    expect(names).toEqual(['hooks.example']);
  });

  it('sends nothing to a server that cannot prove its name', async () => {
    const { port, certificate, hosts } = await serveTls('somebody-else.example');
    trust(certificate.cert);
    expect(await post(`https://hooks.example:${port}/`)).toEqual({
      kind: 'not_sent',
      permanent: false,
      reason: 'the connection failed (ERR_TLS_CERT_ALTNAME_INVALID)',
    });
    expect(hosts).toEqual([]);
  });

  it('sends nothing to a server whose certificate nobody vouches for', async () => {
    const { port, hosts } = await serveTls('hooks.example');
    expect(await post(`https://hooks.example:${port}/`)).toMatchObject({ kind: 'not_sent' });
    expect(hosts).toEqual([]);
  });

  it('does not know the outcome when the connection breaks after the handshake', async () => {
    const { port, certificate } = await serveTls('hooks.example');
    trust(certificate.cert);
    expect(await post(`https://hooks.example:${port}/reset`)).toMatchObject({ kind: 'unknown' });
  });

  it('has sent nothing when the handshake never ends', async () => {
    const port = await listen(
      createTcpServer((socket) => {
        cleanups.push(async () => socket.destroy());
      }),
    );
    expect(await post(`https://hooks.example:${port}/`, 100)).toEqual({
      kind: 'not_sent',
      permanent: false,
      reason: 'timed out after 100 ms',
    });
  });
});
