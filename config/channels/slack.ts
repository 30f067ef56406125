import { limits } from '../../domain/limits.ts';
import { readSecret } from '../read-secret.ts';
import { filePath, text, url } from '../schema/fields.ts';
import { checkHeaderText, checkOutgoingUrl, defineChannel, secretPath } from './define-channel.ts';

const defaultApiUrl = 'https://slack.com/api';

export const slackChannel = defineChannel({
  type: 'slack',
  meaning: 'A message, edited in place when the incident changes.',
  fields: {
    token: text.optional().describe("The bot's token. This or `token_file`."),
    token_file: filePath.optional(),
    channel: text.describe("The channel's id, such as `C0123456`."),
    signing_secret: text
      .optional()
      .describe("The app's signing secret, for buttons in messages. This, `signing_secret_file` or neither."),
    signing_secret_file: filePath.optional(),
    api_url: url.optional().describe('Where the Web API is. Default: `https://slack.com/api`.'),
  },
  updates: { byDefault: true, meaning: 'Whether the message follows the incident.' },
  undoable: true,
  async build({ path, value }, checks) {
    const apiUrl = (value.api_url ?? defaultApiUrl).replace(/\/+$/, '');
    if (value.api_url !== undefined) checkOutgoingUrl(value.api_url, [...path, 'api_url'], checks);
    const fileValue = value.token_file;
    const token = await readSecret(checks, { path, field: 'token', value: value.token, fileValue });
    if (token === undefined) return undefined;
    checkHeaderText(token, secretPath(path, 'token', fileValue), checks);
    const signingSecret = await readSigningSecret();
    return {
      destination: {
        provider: 'slack',
        token,
        channel: value.channel,
        apiUrl,
        ...(signingSecret !== undefined && { signingSecret }),
      },
      identity: { channel: value.channel },
    };

    async function readSigningSecret(): Promise<string | undefined> {
      const { signing_secret: written, signing_secret_file: file } = value;
      if (written === undefined && file === undefined) return undefined;
      const field = 'signing_secret';
      const secret = await readSecret(checks, { path, field, value: written, fileValue: file });
      if (secret !== undefined && secret.length < limits.minKeyLength) {
        checks.findings.error(
          secretPath(path, field, file),
          `must have at least ${limits.minKeyLength} characters`,
        );
      }
      return secret;
    }
  },
});
