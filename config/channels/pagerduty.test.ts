import { describe, expect, test } from 'vitest';
import { configWith, type ProblemRow, problemsOfRow } from '../testing/config-with.ts';
import { loadValid } from '../testing/load-fixture.ts';

const key = 'R'.repeat(32);

function channel(fields: string): string {
  return `channels: { c: { type: pagerduty, ${fields} } }`;
}

describe('pagerduty channel', () => {
  test('follows the incident, and can be taken back', async () => {
    const config = await loadValid(configWith({ channels: channel(`routing_key: ${key}`) }));
    expect(config.channels.get('c')).toEqual({
      name: 'c',
      provider: 'pagerduty',
      updates: true,
      onUnknown: 'resend',
      routingKey: key,
      apiUrl: 'https://events.pagerduty.com',
    });
    expect(config.policies.get('p')?.steps[0]?.targets).toMatchObject([{ updates: true, undoable: true }]);
  });

  test('takes its key from a file, and another region', async () => {
    const fields = 'routing_key_file: key, api_url: "https://events.eu.pagerduty.com/"';
    const config = await loadValid(configWith({ channels: channel(fields) }), { files: { key } });
    expect(config.channels.get('c')).toMatchObject({
      routingKey: key,
      apiUrl: 'https://events.eu.pagerduty.com',
    });
  });

  test('a new key is no new configuration', async () => {
    const hashOf = async (written: string) =>
      (await loadValid(configWith({ channels: channel(`routing_key: ${written}`) }))).hash;
    expect(await hashOf('another-key')).toBe(await hashOf(key));
  });

  test.each<ProblemRow>([
    [
      'channels',
      channel('updates: true'),
      'channels.c.routing_key',
      'is missing; give routing_key or routing_key_file',
    ],
    [
      'channels',
      channel('routing_key: "two words"'),
      'channels.c.routing_key',
      'must be printable ASCII without spaces',
    ],
    [
      'channels',
      channel(`routing_key: ${key}, api_url: "http://10.0.0.1"`),
      'channels.c.api_url',
      'points to a private address; add "10.0.0.0/8" to outbound.allow_private if that is intended',
    ],
  ])('%s: %s is a problem', async (part, text, path, reason) => {
    expect(await problemsOfRow([part, text, path, reason])).toEqual([`${path}: ${reason}`]);
  });
});
