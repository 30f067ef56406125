import { describe, expect, it } from 'vitest';
import { configWith } from '../testing/config-with.ts';
import { loadValid, problemsOf } from '../testing/load-fixture.ts';

const url = 'https://discord.com/api/webhooks/1200000000000000001/a-token_of-discord';

const withChannel = (entry: string) =>
  configWith({ channels: `channels: { c: { type: discord, ${entry} } }` });

describe('a channel of type discord', () => {
  it('is a webhook whose messages follow the incident', async () => {
    const { channels } = await loadValid(withChannel(`url: "${url}"`));
    expect(channels.get('c')).toEqual({
      name: 'c',
      provider: 'discord',
      updates: true,
      onUnknown: 'resend',
      url,
    });
  });

  it('may keep its address in a file, name a thread, and hold what is unknown', async () => {
    const files = { 'discord-url': `${url}?thread_id=42\n` };
    const text = withChannel('url_file: discord-url, updates: false, on_unknown: hold');
    const { channels } = await loadValid(text, { files });
    expect(channels.get('c')).toMatchObject({
      url: `${url}?thread_id=42`,
      updates: false,
      onUnknown: 'hold',
    });
  });

  it.each([
    ['updates: true', 'is missing; give url or url_file'],
    ['url: "nonsense"', 'is not a valid URL'],
    ['url: "http://discord.com/api/webhooks/1/t"', 'must start with https://'],
    ['url: "https://127.0.0.1/api/webhooks/1/t"', 'points to'],
    ['url: "https://discord.com/api/webhooks/nonsense/t"', 'must end with "/webhooks/"'],
    ['url: "https://discord.com/channels/1/2"', 'must end with "/webhooks/"'],
    [`url: "https://discord.com/api/webhooks/1/${'t'.repeat(2_100)}"`, 'must have at most 2048 characters'],
  ])('with %s tells that it %s', async (entry, reason) => {
    expect((await problemsOf(withChannel(entry))).join('\n')).toContain(reason);
  });

  it('is another channel with another webhook, and the same with a new token', async () => {
    const hashOf = async (address: string) => (await loadValid(withChannel(`url: "${address}"`))).hash;
    const before = await hashOf(url);
    expect(await hashOf(url.replace('a-token', 'another'))).toBe(before);
    expect(await hashOf(url.replace('0001/', '0002/'))).not.toBe(before);
  });
});
