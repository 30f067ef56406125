import { limits } from '../../domain/limits.ts';
import { readSecret } from '../read-secret.ts';
import { filePath, text } from '../schema/fields.ts';
import { checkOutgoingUrl, defineChannel, secretPath } from './define-channel.ts';

export const teamsChannel = defineChannel({
  type: 'teams',
  meaning: 'A card in Microsoft Teams, by a Workflows webhook.',
  fields: {
    url: text.optional().describe("The workflow's address, which is its secret. This or `url_file`."),
    url_file: filePath.optional(),
  },
  updates: {
    byDefault: false,
    meaning: 'Whether acknowledgement and resolution are posted too; nothing can be edited.',
  },
  async build({ path, value }, checks) {
    const fileValue = value.url_file;
    const url = await readSecret(checks, { path, field: 'url', value: value.url, fileValue });
    if (url === undefined) return undefined;
    const place = secretPath(path, 'url', fileValue);
    checkOutgoingUrl(url, place, checks);
    if (url.length > limits.maxUrlLength) {
      checks.findings.error(place, `must have at most ${limits.maxUrlLength} characters`);
    }
    const address = URL.parse(url);
    if (address === null) return undefined;
    // the number names the workflow; the signature in the query is the secret
    const workflow = /\/workflows\/([0-9a-f]{32})\//i.exec(address.pathname)?.[1];
    return { destination: { provider: 'teams', url }, identity: { origin: address.origin, workflow } };
  },
});
