import { hash } from 'node:crypto';
import { uuidNamespace } from '../domain/ids.ts';

const namespace = Buffer.from(uuidNamespace, 'hex');
const variants = ['8', '9', 'a', 'b'] as const;

/** `eventIdOf` of domain/ids by Node's own SHA-1, at a quarter of the cost: appending makes one for each event. */
export function fastEventIdOf(stream: string, version: number): string {
  return fastUuidV5(`${stream}@${version}`);
}

/** `incidentIdOf` of domain/ids in the same way: dispatch makes one for each alert. */
export function fastIncidentIdOf(alertStream: string, version: number): string {
  return fastUuidV5(`incident:${alertStream}@${version}`);
}

function fastUuidV5(name: string): string {
  const input = Buffer.allocUnsafe(namespace.length + Buffer.byteLength(name));
  namespace.copy(input);
  input.write(name, namespace.length);
  const hex = hash('sha1', input, 'hex');
  const variant = variants[Number.parseInt(hex.charAt(16), 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
