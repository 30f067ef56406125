import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import type { Path } from '../problem.ts';
import { readSecret } from '../read-secret.ts';
import { filePath, text, url } from '../schema/fields.ts';
import { type ChannelChecks, checkOutgoingUrl, defineChannel, secretPath } from './define-channel.ts';

interface SecretFields {
  readonly secret?: string | undefined;
  readonly secret_file?: string | undefined;
  readonly secrets?: readonly string[] | undefined;
}

export const webhookChannel = defineChannel({
  type: 'webhook',
  meaning: 'A POST signed as Standard Webhooks.',
  fields: {
    url: url.describe('Where to post; https, unless `outbound.allow_private` lists the address.'),
    secret: text
      .optional()
      .describe(
        `Signs each request: \`whsec_\` and base64, or plain text of at least ${limits.minKeyLength} characters.`,
      ),
    secret_file: filePath.optional(),
    secrets: z
      .array(text)
      .min(1, 'must have at least one secret')
      .max(limits.maxWebhookSecrets, `must have at most ${limits.maxWebhookSecrets} secrets`)
      .optional()
      .describe('Several secrets during a rotation; each signs. Exactly one of the three must be given.'),
  },
  updates: { byDefault: false, meaning: 'Whether it hears of acknowledgement and resolution too.' },
  async build({ path, value }, checks) {
    checkOutgoingUrl(value.url, [...path, 'url'], checks);
    const secrets = await readSecrets(value, path, checks);
    if (secrets === undefined || !URL.canParse(value.url)) return undefined;
    return {
      destination: { provider: 'webhook', url: value.url, secrets },
      // its path and query are often its secret
      identity: { origin: new URL(value.url).origin },
    };
  },
});

async function readSecrets(
  { secret, secret_file: fileValue, secrets }: SecretFields,
  path: Path,
  checks: ChannelChecks,
): Promise<readonly string[] | undefined> {
  if (secrets === undefined) {
    const found = await readSecret(checks, { path, field: 'secret', value: secret, fileValue });
    if (found === undefined) return undefined;
    checkSigningSecret(found, secretPath(path, 'secret', fileValue), checks);
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
function checkSigningSecret(secret: string, path: Path, { findings }: ChannelChecks): void {
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
