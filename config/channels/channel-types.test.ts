import { expect, test } from 'vitest';
import { providers } from '../../domain/channel/channel.ts';
import { loadConfigText } from '../load.ts';
import { configWith } from '../testing/config-with.ts';
import { problemsOf } from '../testing/load-fixture.ts';
import { channelTypeOf, channelTypes, providerSections } from './channel-types.ts';

test('every provider that workers send by has one type of channel', () => {
  expect(channelTypes.map(({ type }) => type).sort()).toEqual([...providers].sort());
  for (const type of channelTypes) expect(channelTypeOf(type.type)).toBe(type);
});

test('every type says what it does with updates, and with what may have arrived', () => {
  for (const { type, schema } of channelTypes) {
    expect(Object.keys(schema.shape), type).toEqual(
      expect.arrayContaining(['type', 'updates', 'on_unknown']),
    );
  }
  expect(channelTypes.filter(({ undoable }) => undoable).map(({ type }) => type)).toEqual(
    expect.arrayContaining(['slack', 'pagerduty']),
  );
});

test('accounts have names of their own, and meanings', () => {
  expect(new Set(providerSections.map(({ name }) => name)).size).toBe(providerSections.length);
  for (const { meaning } of providerSections) expect(meaning).toMatch(/\.$/);
});

test('what is wrong with an account is told once, also when no channel or several use it', async () => {
  const providers = 'providers: { twilio: { account_sid: nonsense, auth_token: t, from: "+4930123456" } }';
  const sms = '{ type: twilio_sms, to: "+4915112345678" }';
  const alone = await problemsOf(configWith({ providers }));
  expect(alone).toEqual([expect.stringContaining('providers.twilio.account_sid')]);
  const channels = `channels: { c: { type: console }, d: ${sms}, e: ${sms} }`;
  expect((await problemsOf(configWith({ providers, channels }))).map(pathOf)).toEqual(alone.map(pathOf));
});

const pathOf = (problem: string) => problem.split(': ')[1];

test('the secret file of an account is read once for all of its channels', async () => {
  const reads: string[] = [];
  const sms = '{ type: twilio_sms, to: "+4915112345678" }';
  const result = await loadConfigText({
    text: configWith({
      providers:
        'providers: { twilio: { account_sid: AC00000000000000000000000000000000, auth_token_file: twilio.secret, from: "+4930123456" } }',
      channels: `channels: { c: { type: console }, d: ${sms}, e: ${sms} }`,
    }),
    file: '/etc/tocsin/tocsin.yml',
    env: {},
    async readFile(path) {
      reads.push(path);
      return 'a-token\n';
    },
  });
  expect([result.ok, reads]).toEqual([true, ['/etc/tocsin/twilio.secret']]);
});
