import { createHmac } from 'node:crypto';
import { TocsinError } from '../../domain/errors.ts';

export interface SigningInput {
  /** The same for every attempt: receivers recognise repeats by it. */
  readonly id: string;
  readonly timestampSeconds: number;
  readonly body: string;
}

/** Signs as Standard Webhooks 1.0 says: https://github.com/standard-webhooks/standard-webhooks */
export type SignWebhook = (input: SigningInput) => Readonly<Record<string, string>>;

/**
 * Each secret makes one signature, so that a receiver may change over while two are configured.
 * @throws TocsinError `invalid_config` without a secret, or for a `whsec_` one that is not base64.
 */
export function createWebhookSigner(secrets: readonly string[]): SignWebhook {
  if (secrets.length === 0) {
    throw new TocsinError('invalid_config', { detail: 'a webhook channel needs a secret' });
  }
  const keys = secrets.map(keyOf);
  return ({ id, timestampSeconds, body }) => {
    const signed = `${id}.${timestampSeconds}.${body}`;
    const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    return {
      'webhook-id': id,
      'webhook-timestamp': String(timestampSeconds),
      'webhook-signature': signatures.join(' '),
    };
  };
}

function keyOf(secret: string): Buffer {
  if (!secret.startsWith('whsec_')) return Buffer.from(secret, 'utf8');
  const encoded = secret.slice('whsec_'.length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) {
    throw new TocsinError('invalid_config', { detail: 'a webhook secret after whsec_ is not base64' });
  }
  return Buffer.from(encoded, 'base64');
}
