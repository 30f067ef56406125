import type { ChannelConfig } from '../domain/channel/channel.ts';
import { limits } from '../domain/limits.ts';
import { unreachable } from '../domain/never.ts';
import { outgoingUrlFault } from './check-url.ts';
import { type Entry, validEntries } from './entries.ts';
import { readSecret, type SecretReader } from './read-secret.ts';
import { type ChannelInput, channelSchema } from './schema/channels.ts';

export interface ChannelChecks extends SecretReader {
  readonly allowPrivate: readonly string[];
}

type Input<T extends ChannelInput['type']> = Entry<Extract<ChannelInput, { type: T }>>;

const defaultSlackApi = 'https://slack.com/api';

/** The channels that are whole; what is wrong with the others is told. */
export async function buildChannels(
  document: unknown,
  checks: ChannelChecks,
): Promise<ReadonlyMap<string, ChannelConfig>> {
  const channels = new Map<string, ChannelConfig>();
  for (const entry of validEntries(document, 'channels', channelSchema)) {
    const channel = await buildChannel(entry, checks);
    if (channel !== undefined) channels.set(entry.key, channel);
  }
  return channels;
}

async function buildChannel(
  { path, key: name, value }: Entry<ChannelInput>,
  checks: ChannelChecks,
): Promise<ChannelConfig | undefined> {
  switch (value.type) {
    case 'webhook':
      return buildWebhook({ path, key: name, value }, checks);
    case 'slack':
      return buildSlack({ path, key: name, value }, checks);
    case 'console':
      return { name, provider: 'console', updates: value.updates ?? true };
    default:
      return unreachable(value);
  }
}

async function buildWebhook(
  entry: Input<'webhook'>,
  checks: ChannelChecks,
): Promise<ChannelConfig | undefined> {
  const { path, key: name, value } = entry;
  checkUrl(value.url, [...path, 'url'], checks);
  const secrets = await readWebhookSecrets(entry, checks);
  if (secrets === undefined) return undefined;
  return { name, provider: 'webhook', updates: value.updates ?? false, url: value.url, secrets };
}

async function buildSlack(entry: Input<'slack'>, checks: ChannelChecks): Promise<ChannelConfig | undefined> {
  const { path, key: name, value } = entry;
  const apiUrl = (value.api_url ?? defaultSlackApi).replace(/\/+$/, '');
  if (value.api_url !== undefined) checkUrl(value.api_url, [...path, 'api_url'], checks);
  const secret = { path, field: 'token', value: value.token, fileValue: value.token_file };
  const token = await readSecret(checks, secret);
  if (token === undefined) return undefined;
  if (!isHeaderText(token)) {
    const field = value.token_file === undefined ? 'token' : 'token_file';
    checks.findings.error([...path, field], 'must be printable ASCII without spaces');
  }
  return { name, provider: 'slack', updates: value.updates ?? true, token, channel: value.channel, apiUrl };
}

async function readWebhookSecrets(
  { path, value }: Input<'webhook'>,
  checks: ChannelChecks,
): Promise<readonly string[] | undefined> {
  const { secret, secret_file: fileValue, secrets } = value;
  if (secrets === undefined) {
    const found = await readSecret(checks, { path, field: 'secret', value: secret, fileValue });
    if (found === undefined) return undefined;
    checkSigningSecret(found, [...path, fileValue === undefined ? 'secret' : 'secret_file'], checks);
    return [found];
  }
  if (secret !== undefined || fileValue !== undefined) {
    checks.findings.errorAtKey([...path, 'secrets'], 'give one of secret, secret_file and secrets');
  }
  for (const [index, each] of secrets.entries()) {
    checkSigningSecret(each, [...path, 'secrets', index], checks);
  }
  return secrets;
}

/** Standard Webhooks: what follows `whsec_` is base64. */
function checkSigningSecret(secret: string, path: Entry<unknown>['path'], { findings }: ChannelChecks): void {
  const encoded = /^whsec_(.*)$/s.exec(secret)?.[1];
  if (
    encoded !== undefined &&
    !/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded)
  ) {
    findings.error(path, 'must have base64 after "whsec_"');
  } else if (secret.length < limits.minKeyLength) {
    findings.error(path, `must have at least ${limits.minKeyLength} characters`);
  }
}

function checkUrl(
  url: string,
  path: Entry<unknown>['path'],
  { allowPrivate, findings }: ChannelChecks,
): void {
  const fault = outgoingUrlFault(url, allowPrivate);
  if (fault !== undefined) findings.error(path, fault);
}

function isHeaderText(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
