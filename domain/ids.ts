import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** Namespace of every UUIDv5 that tocsin makes, as hexadecimal digits; random once, fixed for good. */
export const uuidNamespace = '6f1d3c1e0c7b4c0e9a55d1a7b8e2f407';
const namespace = hexToBytes(uuidNamespace);

/** RFC 9562, section 5.5. */
export function uuidV5(name: string): string {
  const input = new Uint8Array(namespace.length + utf8ToBytes(name).length);
  input.set(namespace);
  input.set(utf8ToBytes(name), namespace.length);
  const bytes = sha1(input).slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytesToHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** The same (stream, version) always names the same event, so a repeated append is recognised. */
export function eventIdOf(stream: string, version: number): string {
  return uuidV5(`${stream}@${version}`);
}

export interface AlertIdentity {
  readonly tenant: string;
  readonly source: string;
  readonly fingerprint: string;
}

export function alertStreamOf({ tenant, source, fingerprint }: AlertIdentity): string {
  return `alert-${sha256Hex(JSON.stringify([tenant, source, fingerprint])).slice(0, 32)}`;
}

export function incidentStreamOf(incidentId: string): string {
  return `incident-${incidentId}`;
}

export function deliveryStreamOf(notificationKey: string): string {
  return `delivery-${notificationKey}`;
}

/** Silences are named by a random UUID. */
export function silenceStreamOf(silenceId: string): string {
  return `silence-${silenceId}`;
}

/** Overrides of schedules are named by a random UUID. */
export function overrideStreamOf(overrideId: string): string {
  return `override-${overrideId}`;
}

/** An incident is named after the event that opened it, so a dispatch repeated after a crash names the same one. */
export function incidentIdOf(alertStream: string, version: number): string {
  return uuidV5(`incident:${alertStream}@${version}`);
}

export function projectionWorkflowIdOf(incidentId: string): string {
  return `projection/${incidentId}`;
}

export interface IncidentGroup {
  readonly tenant: string;
  readonly route: string;
  readonly groupLabels: Readonly<Record<string, string>>;
}

/** One workflow id per (tenant, route, group labels): Temporal then guarantees one open incident for each. */
export function incidentWorkflowIdOf({ tenant, route, groupLabels }: IncidentGroup): string {
  const sorted = Object.entries(groupLabels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `incident/${tenant}/${route}/${sha256Hex(JSON.stringify(sorted)).slice(0, 32)}`;
}

export interface NotificationIdentity {
  readonly tenant: string;
  readonly incidentId: string;
  readonly kind: string;
  readonly round: number;
  readonly step: number;
  readonly target: string;
  readonly channel: string;
  readonly sequence: number;
}

/** The key that a notification keeps for life, however many attempts it takes. */
export function notificationKeyOf(identity: NotificationIdentity): string {
  const { tenant, incidentId, kind, round, step, target, channel, sequence } = identity;
  return sha256Hex([tenant, incidentId, kind, round, step, target, channel, sequence].join('|'));
}
