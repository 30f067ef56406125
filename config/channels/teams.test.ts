import { describe, expect, it } from 'vitest';
import { configWith } from '../testing/config-with.ts';
import { loadValid, problemsOf } from '../testing/load-fixture.ts';

const workflow = '0123456789abcdef0123456789abcdef';
const url = `https://prod-12.westeurope.logic.azure.com:443/workflows/${workflow}/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=a-signature`;

const withChannel = (entry: string) => configWith({ channels: `channels: { c: { type: teams, ${entry} } }` });

describe('a channel of type teams', () => {
  it('is a workflow that hears of pages alone', async () => {
    const { channels } = await loadValid(withChannel(`url: "${url}"`));
    expect(channels.get('c')).toEqual({
      name: 'c',
      provider: 'teams',
      updates: false,
      onUnknown: 'resend',
      url,
    });
  });

  it('may keep its address in a file', async () => {
    const { channels } = await loadValid(withChannel('url_file: flow'), { files: { flow: `${url}\n` } });
    expect(channels.get('c')).toMatchObject({ url });
  });

  it.each([
    ['updates: true', 'is missing; give url or url_file'],
    ['url: "nonsense"', 'is not a valid URL'],
    ['url: "http://example.org/workflows/1"', 'must start with https://'],
    ['url: "https://10.0.0.1/workflows/1"', 'points to'],
    [`url: "https://example.org/${'x'.repeat(2_100)}"`, 'must have at most 2048 characters'],
  ])('with %s tells that it %s', async (entry, reason) => {
    expect((await problemsOf(withChannel(entry))).join('\n')).toContain(reason);
  });

  it('is another channel with another workflow, and the same with a new signature', async () => {
    const hashOf = async (address: string) => (await loadValid(withChannel(`url: "${address}"`))).hash;
    const before = await hashOf(url);
    expect(await hashOf(url.replace('a-signature', 'another'))).toBe(before);
    expect(await hashOf(url.replace(workflow, workflow.replace('0', 'f')))).not.toBe(before);
  });
});
