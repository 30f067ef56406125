import { describe, expect, test } from 'vitest';
import { configWith, type ProblemRow, problemsOfRow } from '../testing/config-with.ts';
import { loadValid, problemsOf } from '../testing/load-fixture.ts';

const sid = '0'.repeat(32);

function twilio(fields = ''): string {
  return `providers: { twilio: { account_sid: AC${sid}, auth_token: token, from: "+4930123456"${fields} } }`;
}
function channel(type: string, fields = ''): string {
  return `channels: { c: { type: ${type}, to: "+4915112345678"${fields} } }`;
}

describe('channels by Twilio', () => {
  test.each(['twilio_sms', 'twilio_voice'])('%s has the account', async (type) => {
    const config = await loadValid(configWith({ channels: channel(type), providers: twilio() }));
    expect(config.channels.get('c')).toEqual({
      name: 'c',
      provider: type,
      updates: false,
      onUnknown: 'resend',
      account: { accountSid: `AC${sid}`, authToken: 'token', apiUrl: 'https://api.twilio.com' },
      from: '+4930123456',
      to: '+4915112345678',
    });
    const [target] = config.policies.get('p')?.steps[0]?.targets ?? [];
    expect(target).toMatchObject({ provider: type });
    expect(target).not.toHaveProperty('undoable');
  });

  test('an API key stands in for the account', async () => {
    const providers = twilio(`, api_key: SK${sid}`);
    const config = await loadValid(configWith({ channels: channel('twilio_sms'), providers }));
    expect(config.channels.get('c')).toMatchObject({ account: { apiKey: `SK${sid}` } });
  });

  test('an SMS may come from a name', async () => {
    const channels = channel('twilio_sms', ', from: tocsin');
    const config = await loadValid(configWith({ channels, providers: twilio() }));
    expect(config.channels.get('c')).toMatchObject({ from: 'tocsin' });
  });

  test('a new token is no new configuration, another number is', async () => {
    const hashOf = async (token: string, to: string) => {
      const providers = twilio().replace('token: token', `token: ${token}`);
      const channels = `channels: { c: { type: twilio_sms, to: "${to}" } }`;
      return (await loadValid(configWith({ channels, providers }))).hash;
    };
    const before = await hashOf('one', '+4915112345678');
    expect(await hashOf('two', '+4915112345678')).toBe(before);
    expect(await hashOf('one', '+4915112345679')).not.toBe(before);
  });

  test('a call needs a number to come from', async () => {
    const providers = twilio().replace('"+4930123456"', 'tocsin');
    const problems = await problemsOfBoth(channel('twilio_voice'), providers);
    expect(problems).toEqual([
      'channels.c: needs a number as from: providers.twilio sends under a name, which cannot call',
    ]);
    expect(await problemsOfBoth(channel('twilio_voice', ', from: "+4930123456"'), providers)).toEqual([]);
  });

  test.each<ProblemRow>([
    ['channels', channel('twilio_sms'), 'channels.c', 'needs providers.twilio'],
    ['channels', channel('twilio_voice'), 'channels.c', 'needs providers.twilio'],
    ...['"0151 12345678"', '"+015112345678"', '"+49151"', '"+4915112345678901234"'].map(
      (to): ProblemRow => [
        'channels',
        `channels: { c: { type: twilio_sms, to: ${to} } }`,
        'channels.c.to',
        'must be a number in international form such as +4915112345678',
      ],
    ),
    [
      'providers',
      twilio().replace('"+4930123456"', '"12345"'),
      'providers.twilio.from',
      'must be a number such as +4930123456, or a name of at most 11 letters and digits',
    ],
    [
      'providers',
      twilio().replace(`AC${sid}`, 'AC1'),
      'providers.twilio.account_sid',
      'must be "AC" and 32 hexadecimal digits',
    ],
    [
      'providers',
      twilio().replace('auth_token: token', 'api_url: "https://x.example"'),
      'providers.twilio.auth_token',
      'is missing; give auth_token or auth_token_file',
    ],
    [
      'providers',
      twilio(', api_url: "http://twilio.example"'),
      'providers.twilio.api_url',
      'must start with https://; plain http is for addresses that outbound.allow_private lists',
    ],
  ])('%s: %s is a problem', async (part, text, path, reason) => {
    expect(await problemsOfRow([part, text, path, reason])).toEqual([`${path}: ${reason}`]);
  });
});

async function problemsOfBoth(channels: string, providers: string): Promise<readonly string[]> {
  const problems = await problemsOf(configWith({ channels, providers }));
  return problems.map((problem) => problem.replace(/^\d+: /, ''));
}
