import { discordWebhookIdOf } from '../../domain/channel/discord-webhook.ts';
import { limits } from '../../domain/limits.ts';
import { readSecret } from '../read-secret.ts';
import { filePath, text } from '../schema/fields.ts';
import { checkOutgoingUrl, defineChannel, secretPath } from './define-channel.ts';

export const discordChannel = defineChannel({
  type: 'discord',
  meaning: 'A message of a Discord webhook, edited in place when the incident changes.',
  fields: {
    url: text
      .optional()
      .describe("The webhook's address, which is its secret. This or `url_file`; `?thread_id=` stays."),
    url_file: filePath.optional(),
  },
  updates: { byDefault: true, meaning: 'Whether the message follows the incident.' },
  undoable: true,
  async build({ path, value }, checks) {
    const fileValue = value.url_file;
    const url = await readSecret(checks, { path, field: 'url', value: value.url, fileValue });
    if (url === undefined) return undefined;
    const place = secretPath(path, 'url', fileValue);
    checkOutgoingUrl(url, place, checks);
    const address = URL.parse(url);
    if (address === null) return undefined;
    const webhook = discordWebhookIdOf(url);
    if (url.length > limits.maxUrlLength) {
      checks.findings.error(place, `must have at most ${limits.maxUrlLength} characters`);
    }
    if (webhook === undefined) {
      checks.findings.error(place, 'must end with "/webhooks/", a number and a token, as Discord shows it');
      return undefined;
    }
    // the number names the webhook; the token behind it is the secret
    return { destination: { provider: 'discord', url }, identity: { origin: address.origin, webhook } };
  },
});
