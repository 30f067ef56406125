import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aNotification } from '../../test/support/a-notification.ts';
import {
  createFakeSlack,
  type FakeSlack,
  slackError,
  slackRateLimited,
} from '../../test/support/fake-slack.ts';
import { describeNotifierContract } from '../contract.ts';
import { createNotifier } from '../create-notifiers.ts';
import { createGuardedHttpClient, type GuardedHttpClient } from '../http/guarded-http-client.ts';

const channel = 'C0123456';

describeNotifierContract({
  name: 'slack',
  serve: async (canary) => {
    const slack = await createFakeSlack({ token: canary, channels: [channel] });
    return {
      ...slack,
      keyOf: ({ body }) => JSON.parse(body).metadata.event_payload.notification_key,
      accepted: { status: 200, body: JSON.stringify({ ok: true, channel, ts: '1700000000.000100' }) },
      statusIsEnough: false,
    };
  },
  create: ({ http, write, now, served, canary }) =>
    createNotifier(
      {
        name: 'chat',
        updates: true,
        provider: 'slack',
        token: canary,
        channel,
        apiUrl: `${served?.server.url}/api`,
      },
      { http, write, now },
    ),
});

describe('slack notifier', () => {
  let slack: FakeSlack;
  let http: GuardedHttpClient;

  beforeEach(async () => {
    slack = await createFakeSlack({ token: 'xoxb-1', channels: [channel] });
    http = createGuardedHttpClient({ allowPrivate: ['127.0.0.1'] });
  });
  afterEach(async () => {
    http.close();
    await slack.close();
  });

  function send(request = aNotification(), overrides: { token?: string; channel?: string } = {}) {
    const { apiUrl } = slack;
    const notifier = createNotifier(
      { name: 'chat', updates: true, provider: 'slack', token: 'xoxb-1', channel, apiUrl, ...overrides },
      { http, write: () => undefined, now: Date.now, publicUrl: 'https://tocsin.example' },
    );
    return notifier.send(request, { attempt: 1, signal: new AbortController().signal });
  }

  async function sendPage(): Promise<string> {
    const result = await send();
    if (result.outcome !== 'delivered') throw new Error(`the page was not delivered: ${result.reason}`);
    return result.providerId;
  }

  it('posts what a human needs, with the notification key in the metadata', async () => {
    const providerId = await sendPage();
    const [post] = slack.posts();
    expect(providerId).toBe(`${channel}:${post?.ts}`);
    expect(post).toMatchObject({ key: aNotification().key, text: 'PAGE critical: disk full on db1' });
    for (const part of ['step 1, round 1', 'cluster: eu-1', 'only 1 % is left', '/acknowledge']) {
      expect(post?.blockText).toContain(part);
    }
  });

  it('shows nothing of our trace to Slack', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await send(aNotification({ traceparent }));
    expect(JSON.stringify(slack.requests[0])).not.toContain('0af7651916cd43dd8448eb211c80319c');
  });

  it('edits the message on acknowledgement and on resolution', async () => {
    const providerId = await sendPage();
    const acknowledged = {
      kind: 'update',
      by: 'amy',
      providerId,
      incident: { state: 'acknowledged' },
    } as const;
    const edit = await send(aNotification({ ...acknowledged, key: 'k2' }));
    expect(edit).toMatchObject({ outcome: 'delivered', providerId });
    expect(slack.posts()).toMatchObject([
      { key: 'k2', edits: 1, text: 'ACKNOWLEDGED by amy: disk full on db1' },
    ]);

    await send(aNotification({ kind: 'resolved', providerId, key: 'k3', incident: { state: 'resolved' } }));
    expect(slack.posts()).toMatchObject([{ key: 'k3', edits: 2, text: 'RESOLVED: disk full on db1' }]);
    expect(slack.posts()[0]?.blockText).not.toContain('/acknowledge');
  });

  it.each([undefined, 'not-a-slack-id', `${channel}:1600000000.000001`])(
    'posts anew when there is no message %s to edit',
    async (providerId) => {
      const request = aNotification({ kind: 'resolved', ...(providerId !== undefined && { providerId }) });
      const result = await send(request);
      expect(slack.posts()).toMatchObject([{ text: 'RESOLVED: disk full on db1', edits: 0 }]);
      expect(result).toMatchObject({ providerId: `${channel}:${slack.posts()[0]?.ts}` });
    },
  );

  it.each(['cant_update_message', 'edit_window_closed'])('answers in the thread after %s', async (error) => {
    const providerId = await sendPage();
    slack.next(slackError(error));
    expect(await send(aNotification({ kind: 'resolved', providerId }))).toMatchObject({
      outcome: 'delivered',
    });
    const [page, news] = slack.posts();
    expect(news?.threadTs).toBe(page?.ts);
  });

  it('does not post anew when the edit may have been taken', async () => {
    const providerId = await sendPage();
    slack.next((socket) => void socket.resetAndDestroy());
    expect(await send(aNotification({ kind: 'resolved', providerId }))).toMatchObject({ outcome: 'unknown' });
    expect(slack.posts()).toHaveLength(1);
  });

  it.each([
    ['ratelimited', 'retry'],
    ['internal_error', 'retry'],
    ['fatal_error', 'retry'],
    ['service_unavailable', 'retry'],
    ['request_timeout', 'retry'],
    ['channel_not_found', 'rejected'],
    ['invalid_auth', 'rejected'],
    ['not_in_channel', 'rejected'],
    ['is_archived', 'rejected'],
    ['msg_too_long', 'rejected'],
    ['an_error_of_tomorrow', 'rejected'],
  ])('takes the error %s as %s', async (error, outcome) => {
    slack.next(slackError(error));
    expect(await send()).toEqual({ outcome, reason: `slack: ${error}`, status: 200 });
  });

  it('shows no error code that is none', async () => {
    slack.next(slackError('<script>'), { status: 200, body: '{"ok":false}' });
    expect(await send()).toMatchObject({ outcome: 'rejected', reason: 'slack: unrecognised error' });
    expect(await send()).toMatchObject({ outcome: 'rejected', reason: 'slack: unrecognised error' });
  });

  it('waits as long as a rate limit says', async () => {
    slack.next(slackRateLimited(12));
    expect(await send()).toEqual({ outcome: 'retry', reason: 'answered 429', status: 429, afterMs: 12_000 });
  });

  it.each(['', 'null', '[]', '{}', '{"ok":"true"}', '<html>ok</html>'])(
    'does not know the outcome of the answer %j',
    async (body) => {
      slack.next({ status: 200, body });
      expect(await send()).toMatchObject({ outcome: 'unknown' });
    },
  );

  it('counts a message without a timestamp as delivered, since it was taken', async () => {
    slack.next({ status: 200, body: '{"ok":true}' });
    expect(await send()).toMatchObject({ outcome: 'delivered', providerId: aNotification().key });
  });

  it('is refused with a wrong token or in a foreign channel', async () => {
    expect(await send(aNotification(), { token: 'xoxb-2' })).toMatchObject({ reason: 'slack: invalid_auth' });
    expect(await send(aNotification(), { channel: 'C9' })).toMatchObject({
      reason: 'slack: channel_not_found',
    });
  });

  it('can put no header of its own into a request through the token', async () => {
    const result = await send(aNotification(), { token: 'xoxb-1\r\nx-evil: 1' });
    expect(result).toEqual({
      outcome: 'rejected',
      reason: 'the request could not be made (ERR_INVALID_CHAR)',
    });
  });
});
