import { formatListen, type ListenAddress } from '../config/listen.ts';

/** The URL under which this machine reaches a server that listens there. */
export function localUrl({ host, port }: ListenAddress): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${formatListen({ host: reachable, port })}`;
}
