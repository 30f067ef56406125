import { readSecret } from '../read-secret.ts';
import { filePath, text, url } from '../schema/fields.ts';
import { checkHeaderText, checkOutgoingUrl, defineChannel, secretPath } from './define-channel.ts';

const defaultApiUrl = 'https://events.pagerduty.com';

export const pagerdutyChannel = defineChannel({
  type: 'pagerduty',
  meaning: 'An alert at PagerDuty, acknowledged and resolved with the incident.',
  fields: {
    routing_key: text
      .optional()
      .describe("The integration key of a service's Events API v2. This or `routing_key_file`."),
    routing_key_file: filePath.optional(),
    api_url: url
      .optional()
      .describe(
        `Where the Events API is; \`https://events.eu.pagerduty.com\` in Europe. Default: \`${defaultApiUrl}\`.`,
      ),
  },
  updates: { byDefault: true, meaning: 'Whether the alert is acknowledged and resolved with the incident.' },
  undoable: true,
  async build({ path, value }, checks) {
    const apiUrl = (value.api_url ?? defaultApiUrl).replace(/\/+$/, '');
    if (value.api_url !== undefined) checkOutgoingUrl(value.api_url, [...path, 'api_url'], checks);
    const fileValue = value.routing_key_file;
    const field = 'routing_key';
    const routingKey = await readSecret(checks, { path, field, value: value.routing_key, fileValue });
    if (routingKey === undefined) return undefined;
    checkHeaderText(routingKey, secretPath(path, field, fileValue), checks);
    return { destination: { provider: 'pagerduty', routingKey, apiUrl }, identity: { apiUrl } };
  },
});
