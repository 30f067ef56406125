import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SendContext } from '../../domain/policy/notification.ts';
import { aNotification, aSendContext } from '../../test/support/a-notification.ts';
import {
  createFakeSlack,
  type FakeSlack,
  slackError,
  slackRateLimited,
} from '../../test/support/fake-slack.ts';
import { silence } from '../../test/support/wire-answers.ts';
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
        signingSecret: canary,
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

  interface Overrides {
    readonly token?: string;
    readonly channel?: string;
    readonly signingSecret?: string;
  }

  function create(overrides: Overrides = {}, now = Date.now) {
    const { apiUrl } = slack;
    return createNotifier(
      { name: 'chat', updates: true, provider: 'slack', token: 'xoxb-1', channel, apiUrl, ...overrides },
      { http, write: () => undefined, now, publicUrl: 'https://tocsin.example' },
    );
  }

  function send(request = aNotification(), overrides: Overrides = {}, context: Partial<SendContext> = {}) {
    return create(overrides).send(request, aSendContext(context));
  }

  const again = { attempt: 2, mayHaveArrived: true };

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

  it('says what it is', () => {
    const { host } = new URL(slack.apiUrl);
    expect(create()).toMatchObject({
      account: host,
      isIdempotent: false,
      canUndo: true,
      onUnknown: 'resend',
      pace: { key: `${host}/${channel}`, everyMs: 1_000 },
    });
  });

  it('has buttons where the channel has a signing secret, and others once it is acknowledged', async () => {
    const signed = { signingSecret: 'a-signing-secret-of-slack' };
    const page = await send(aNotification(), signed);
    const providerId = page.outcome === 'delivered' ? page.providerId : '';
    const labels = () => slack.posts()[0]?.buttons.map(({ label }) => label);
    expect(labels()).toEqual(['Acknowledge', 'Resolve', 'Escalate', 'Snooze 1 h']);
    const acknowledged = {
      kind: 'update',
      by: 'amy',
      providerId,
      incident: { state: 'acknowledged' },
    } as const;
    await send(aNotification(acknowledged), signed);
    expect(labels()).toEqual(['Resolve', 'Escalate']);
    const resolved = { kind: 'resolved', providerId, incident: { state: 'resolved' } } as const;
    await send(aNotification(resolved), signed);
    expect(labels()).toEqual([]);
  });

  it('waits with an edit as long as a rate limit says', async () => {
    const providerId = await sendPage();
    slack.next(slackRateLimited(3));
    const edit = await send(aNotification({ kind: 'update', providerId }));
    expect(edit).toMatchObject({ outcome: 'retry', afterMs: 3_000 });
    expect(slack.posts()).toMatchObject([{ edits: 0 }]);
  });

  it('reminds in the thread of the page', async () => {
    const providerId = await sendPage();
    const reminder = { kind: 'reminder', key: 'k2', incident: { state: 'acknowledged' } } as const;
    expect(await send(aNotification({ ...reminder, providerId }))).toMatchObject({ outcome: 'delivered' });
    const [page, below] = slack.posts();
    expect(below).toMatchObject({ threadTs: page?.ts, text: 'REMINDER critical: disk full on db1' });
    expect(below?.blockText).toContain('still acknowledged');
  });

  it('posts a test that asks nobody to act', async () => {
    await send(aNotification({ kind: 'test' }), { signingSecret: 'a-signing-secret-of-slack' });
    expect(slack.posts()).toMatchObject([{ text: 'TEST: disk full on db1', buttons: [] }]);
  });

  describe('when a message may have arrived', () => {
    it('finds it, and posts it no second time', async () => {
      const providerId = await sendPage();
      for (let other = 0; other < 60; other += 1) await send(aNotification({ key: `other-${other}` }));
      const result = await send(aNotification(), {}, again);
      expect(result).toMatchObject({ outcome: 'delivered', providerId });
      expect(slack.posts().filter(({ key }) => key === aNotification().key)).toHaveLength(1);
    });

    it('was taken by the very request whose answer was lost', async () => {
      slack.loseNextAnswer();
      expect(await send()).toMatchObject({ outcome: 'unknown' });
      expect(await send(aNotification(), {}, again)).toMatchObject({
        outcome: 'delivered',
        providerId: `${channel}:${slack.posts()[0]?.ts}`,
      });
      expect(slack.posts()).toHaveLength(1);
    });

    it('posts it when it is not there', async () => {
      await send(aNotification({ key: 'another' }));
      expect(await send(aNotification(), {}, again)).toMatchObject({ outcome: 'delivered' });
      expect(slack.posts()).toHaveLength(2);
    });

    it('looks at a bounded part of the history', async () => {
      await sendPage();
      slack.always(({ path }) =>
        path.endsWith('.history')
          ? { status: 200, body: '{"ok":true,"messages":[],"response_metadata":{"next_cursor":"x"}}' }
          : undefined,
      );
      await send(aNotification(), {}, again);
      expect(slack.requests.filter(({ path }) => path.endsWith('.history'))).toHaveLength(4);
      const oldest = new URLSearchParams(slack.requests[1]?.body).get('oldest');
      expect(Math.abs(Number(oldest) - (Date.now() / 1_000 - 3_600))).toBeLessThan(10);
    });

    it.each([
      ['missing_scope', slackError('missing_scope')],
      ['a rate limit', slackRateLimited(60)],
      ['an answer that is no JSON', { status: 200, body: '<html>' }],
      ['messages of other shapes', { status: 200, body: '{"ok":true,"messages":[null,1,{"metadata":[]}]}' }],
      ['messages that are none', { status: 200, body: '{"ok":true,"messages":{}}' }],
    ])('posts it again when the history has %s: better twice than never', async (_name, answer) => {
      await sendPage();
      slack.next(answer);
      expect(await send(aNotification(), {}, again)).toMatchObject({ outcome: 'delivered' });
      expect(slack.posts()).toHaveLength(2);
    });

    it('posts it again when the history takes too long', async () => {
      slack.next(silence());
      expect(await send(aNotification(), {}, again)).toMatchObject({ outcome: 'delivered' });
      expect(slack.posts()).toHaveLength(1);
    });

    it('looks for a reminder in its thread', async () => {
      const providerId = await sendPage();
      const reminder = aNotification({ kind: 'reminder', key: 'k2', providerId });
      const first = await send(reminder);
      expect(await send(reminder, {}, again)).toMatchObject(
        first.outcome === 'delivered' ? { providerId: first.providerId } : {},
      );
      expect(slack.posts()).toHaveLength(2);
    });
  });

  describe('taking a page back', () => {
    const undo = { kind: 'undo', key: 'undo-1' } as const;

    it('edits it, and takes its buttons away', async () => {
      const signed = { signingSecret: 'a-signing-secret-of-slack' };
      const page = await send(aNotification(), signed);
      const providerId = page.outcome === 'delivered' ? page.providerId : '';
      expect(await send(aNotification({ ...undo, providerId }), signed)).toMatchObject({ providerId });
      expect(slack.posts()).toMatchObject([{ text: 'WITHDRAWN: disk full on db1', edits: 1, buttons: [] }]);
    });

    it('finds a page of which nobody knew whether it arrived', async () => {
      await send(aNotification({ key: 'another step', step: 1 }));
      await sendPage();
      expect(await send(aNotification(undo))).toMatchObject({ outcome: 'delivered' });
      expect(slack.posts().map(({ text }) => text)).toEqual([
        'PAGE critical: disk full on db1',
        'WITHDRAWN: disk full on db1',
      ]);
    });

    it('finds it also hours later, when its incident is over', async () => {
      await sendPage();
      const openedAt = new Date(Date.now() - 60_000).toISOString();
      const later = create({}, () => Date.now() + 3 * 3_600_000);
      await later.send(aNotification({ ...undo, incident: { openedAt } }), aSendContext());
      expect(slack.posts()).toMatchObject([{ text: 'WITHDRAWN: disk full on db1', edits: 1 }]);
    });

    it('is done when there never was a page', async () => {
      expect(await send(aNotification(undo))).toEqual({ outcome: 'delivered', providerId: 'undo-1' });
      const gone = aNotification({ ...undo, providerId: `${channel}:1600000000.000001` });
      expect(await send(gone)).toMatchObject({ outcome: 'delivered' });
      expect(slack.posts()).toEqual([]);
    });

    it('is told in a message of its own where nobody can look', async () => {
      await sendPage();
      slack.next(slackError('missing_scope'));
      expect(await send(aNotification(undo))).toMatchObject({ outcome: 'delivered' });
      expect(slack.posts().map(({ text }) => text)).toEqual([
        'PAGE critical: disk full on db1',
        'WITHDRAWN: disk full on db1',
      ]);
    });

    it('finds the page by its key', async () => {
      await sendPage();
      const of = aNotification().key;
      await send(aNotification({ ...undo, of, step: 7 }));
      expect(slack.posts()).toMatchObject([{ text: 'WITHDRAWN: disk full on db1', edits: 1 }]);
    });

    it('says it below the page where Slack lets nobody edit', async () => {
      const providerId = await sendPage();
      slack.next(slackError('edit_window_closed'));
      await send(aNotification({ ...undo, providerId }));
      expect(slack.posts()).toMatchObject([{ edits: 0 }, { threadTs: slack.posts()[0]?.ts }]);
    });

    it('is tried again while Slack does not answer', async () => {
      const providerId = await sendPage();
      slack.next({ status: 503 });
      expect(await send(aNotification({ ...undo, providerId }))).toMatchObject({ outcome: 'retry' });
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
