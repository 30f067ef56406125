import { describe, expect, test } from 'vitest';
import { configWith, type ProblemRow, problemsOfRow } from '../testing/config-with.ts';
import { loadValid } from '../testing/load-fixture.ts';

const providers = 'providers: { telegram: { token: "123:AAE" } }';

function chat(id: string, fields = ''): string {
  return `channels: { c: { type: telegram, chat: ${id}${fields} } }`;
}

describe('telegram channel', () => {
  test.each([
    ['-1001234567890', '-1001234567890'],
    ['"-1001234567890"', '-1001234567890'],
    ['42', '42'],
    ['"@ops_pages"', '@ops_pages'],
  ])('takes the chat %s', async (written, id) => {
    const config = await loadValid(configWith({ channels: chat(written), providers }));
    expect(config.channels.get('c')).toEqual({
      name: 'c',
      provider: 'telegram',
      updates: true,
      onUnknown: 'resend',
      token: '123:AAE',
      chat: id,
      apiUrl: 'https://api.telegram.org',
    });
  });

  test('may have a bot of its own', async () => {
    const config = await loadValid(configWith({ channels: chat('42', ', token: "9:own"'), providers }));
    expect(config.channels.get('c')).toMatchObject({ token: '9:own' });
    const alone = await loadValid(configWith({ channels: chat('42', ', token: "9:own"') }));
    expect(alone.channels.get('c')).toMatchObject({ token: '9:own' });
  });

  test('a new token is no new configuration, another chat is', async () => {
    const hashOf = async (token: string, id: string) =>
      (await loadValid(configWith({ channels: chat(id, `, token: ${token}`) }))).hash;
    const before = await hashOf('one', '1');
    expect(await hashOf('two', '1')).toBe(before);
    expect(await hashOf('one', '2')).not.toBe(before);
  });

  test.each<ProblemRow>([
    ['channels', chat('42'), 'channels.c', 'needs a token, here or in providers.telegram'],
    ...['ops', '"@x"', '0', '"-100 1"', '1.5', '[1]'].map(
      (id): ProblemRow => [
        'channels',
        chat(id, ', token: t'),
        'channels.c.chat',
        'must be the id of a chat such as -1001234567890, or "@name" of a public channel',
      ],
    ),
    [
      'channels',
      chat('42', ', token: "../../x?"'),
      'channels.c.token',
      'must have only letters, digits, ":", "_" and "-"',
    ],
    [
      'providers',
      'providers: { telegram: {} }',
      'providers.telegram.token',
      'is missing; give token or token_file',
    ],
  ])('%s: %s is a problem', async (part, text, path, reason) => {
    expect(await problemsOfRow([part, text, path, reason])).toEqual([`${path}: ${reason}`]);
  });
});
