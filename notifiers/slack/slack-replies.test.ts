import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeHttp, type FakeHttp, type PlainAnswer } from '../../test/support/fake-http.ts';
import { createGuardedHttpClient, type GuardedHttpClient } from '../http/guarded-http-client.ts';
import { createSlackReplies } from './slack-replies.ts';

describe('answers to pressed buttons', () => {
  let slack: FakeHttp;
  let elsewhere: FakeHttp;
  let http: GuardedHttpClient;
  let answer: PlainAnswer;
  let warned: string[];

  beforeEach(async () => {
    answer = { status: 200, body: 'ok' };
    warned = [];
    slack = await createFakeHttp({ answer: () => answer });
    elsewhere = await createFakeHttp({ answer: () => ({ status: 200 }) });
    http = createGuardedHttpClient({ allowPrivate: ['127.0.0.1'] });
  });
  afterEach(async () => {
    http.close();
    await Promise.all([slack.close(), elsewhere.close()]);
  });

  function reply(url: string, text = 'already acknowledged by amy') {
    const replies = createSlackReplies({
      http: () => http,
      apiUrls: () => [`${slack.url}/api`],
      logger: { warn: (...parts: unknown[]) => void warned.push(JSON.stringify(parts)) },
    });
    return replies.reply(url, text);
  }

  it('are shown to the presser alone, below a message that stays', async () => {
    await reply(`${slack.url}/actions/1`);
    expect(slack.requests).toMatchObject([{ method: 'POST', path: '/actions/1' }]);
    expect(JSON.parse(slack.requests[0]?.body ?? '')).toEqual({
      response_type: 'ephemeral',
      replace_original: false,
      text: 'already acknowledged by amy',
    });
    expect(warned).toEqual([]);
  });

  it('let no name act', async () => {
    await reply(`${slack.url}/actions/1`, 'already acknowledged by <!channel> & <@U1>');
    expect(JSON.parse(slack.requests[0]?.body ?? '').text).toBe(
      'already acknowledged by &lt;!channel&gt; &amp; &lt;@U1&gt;',
    );
  });

  it.each([
    'the other server',
    'http://169.254.169.254/latest/meta-data/',
    'https://hooks.slack.com.evil.example/actions/1',
    'https://evil.example/?https://hooks.slack.com/',
    'https://hooks.slack.com@evil.example/',
    'http://hooks.slack.com/actions/1',
    'https://hooks.slack.com:8443/actions/1',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/plain,x',
    'nonsense',
    '',
  ])('go nowhere else: %s', async (url) => {
    await reply(url === 'the other server' ? `${elsewhere.url}/canary` : url);
    expect([...slack.requests, ...elsewhere.requests]).toEqual([]);
    expect(warned).toEqual([expect.stringContaining('not of Slack')]);
    expect(warned.join()).not.toContain('canary');
  });

  it.each([404, 500, 302])('that are refused with %s are told to the log alone', async (status) => {
    answer = { status, headers: { location: elsewhere.url } };
    await reply(`${slack.url}/actions/canary`);
    expect(warned).toEqual([expect.stringContaining(`answered ${status}`)]);
    expect(warned.join()).not.toContain('canary');
    expect(elsewhere.requests).toEqual([]);
  });
});
