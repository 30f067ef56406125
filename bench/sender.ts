import { Agent, request } from 'node:http';
import { type BenchAlert, bodyOf } from './alert-bodies.ts';

export interface Answer {
  /** 0 when there was none. */
  readonly status: number;
  readonly body: string;
}

/** Speaks to tocsin as its users do: over HTTP, with connections that are kept. */
export interface Sender {
  post(path: string, body: string): Promise<Answer>;
  sendAlerts(alerts: readonly BenchAlert[]): Promise<Answer>;
  sendBody(body: string): Promise<Answer>;
  close(): void;
}

export interface SenderOptions {
  readonly apiUrl: string;
  readonly sourceKey: string;
  readonly token: string;
}

const timeoutMs = 30_000;
const maxSockets = 256;

export function createSender({ apiUrl, sourceKey, token }: SenderOptions): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets });
  const { hostname, port } = new URL(apiUrl);

  const post = (path: string, body: string): Promise<Answer> =>
    new Promise((resolve) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        authorization: `Bearer ${token}`,
      };
      const outgoing = request(
        { agent, hostname, port, path, method: 'POST', headers, timeout: timeoutMs },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          response.once('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
          response.once('error', () => resolve({ status: 0, body: 'the answer broke off' }));
        },
      );
      outgoing.once('timeout', () => outgoing.destroy(new Error('timeout')));
      outgoing.once('error', (error) => resolve({ status: 0, body: error.message }));
      outgoing.end(body);
    });

  const sendBody = (body: string) => post(`/v1/sources/${sourceKey}`, body);
  return {
    post,
    sendBody,
    sendAlerts: (alerts) => sendBody(bodyOf(alerts)),
    close: () => agent.destroy(),
  };
}
