import { describe, expect, it } from 'vitest';
import { configWith } from '../testing/config-with.ts';
import { loadValid, problemsOf } from '../testing/load-fixture.ts';

const withChannel = (entry: string) =>
  configWith({ channels: `channels: { c: { type: slack, token: xoxb-1, channel: C0123456, ${entry} } }` });

describe('the signing secret of a channel of type slack', () => {
  it.each([
    ['stands in the file', 'signing_secret: 0123456789abcdef'],
    ['stands in a file of its own', 'signing_secret_file: secret'],
  ])('%s', async (_name, entry) => {
    const { channels } = await loadValid(withChannel(entry), { files: { secret: '0123456789abcdef\n' } });
    expect(channels.get('c')).toMatchObject({ provider: 'slack', signingSecret: '0123456789abcdef' });
  });

  it('may be missing: there are no buttons then', async () => {
    const { channels } = await loadValid(withChannel('updates: true'));
    expect(channels.get('c')).not.toHaveProperty('signingSecret');
  });

  it.each([
    ['signing_secret: short', 'must have at least 16 characters'],
    ['signing_secret: ""', 'must not be empty'],
    ['signing_secret_file: nowhere', 'there is no such file'],
    ['signing_secret: 0123456789abcdef, signing_secret_file: secret', 'not both'],
  ])('as %s tells that it %s', async (entry, reason) => {
    expect((await problemsOf(withChannel(entry))).join('\n')).toContain(reason);
  });

  it('is no part of what decides: a rotated one is no new configuration', async () => {
    const hashOf = async (secret: string) => (await loadValid(withChannel(`signing_secret: ${secret}`))).hash;
    expect(await hashOf('0123456789abcdef')).toBe(await hashOf('fedcba9876543210'));
  });
});
