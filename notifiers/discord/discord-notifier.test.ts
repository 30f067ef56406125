import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SendContext } from '../../domain/policy/notification.ts';
import { aNotification, aSendContext } from '../../test/support/a-notification.ts';
import { createFakeDiscord, discordRateLimited, type FakeDiscord } from '../../test/support/fake-discord.ts';
import { describeNotifierContract } from '../contract.ts';
import { createNotifier } from '../create-notifiers.ts';
import { createGuardedHttpClient, type GuardedHttpClient } from '../http/guarded-http-client.ts';

const webhookId = '1200000000000000001';

describeNotifierContract({
  name: 'discord',
  serve: async (canary) => {
    const discord = await createFakeDiscord({ webhookId, webhookToken: canary });
    return {
      ...discord,
      keyOf: ({ headers }) => headers['idempotency-key'],
      accepted: { status: 200, body: '{"id":"1400000000000000000"}' },
      statusIsEnough: true,
    };
  },
  create: ({ http, write, now, served, canary }) =>
    createNotifier(
      {
        name: 'chat',
        updates: true,
        provider: 'discord',
        url: `${served?.server.url}/api/webhooks/${webhookId}/${canary}`,
      },
      { http, write, now },
    ),
});

describe('discord notifier', () => {
  let discord: FakeDiscord;
  let http: GuardedHttpClient;

  beforeEach(async () => {
    discord = await createFakeDiscord({ webhookId, webhookToken: 'a-token' });
    http = createGuardedHttpClient({ allowPrivate: ['127.0.0.1'] });
  });
  afterEach(async () => {
    http.close();
    await discord.close();
  });

  function create(url = discord.webhookUrl) {
    const deps = { http, write: () => undefined, now: Date.now };
    return createNotifier({ name: 'chat', updates: true, provider: 'discord', url }, deps);
  }

  function send(request = aNotification(), context: Partial<SendContext> = {}, url = discord.webhookUrl) {
    return create(url).send(request, aSendContext(context));
  }

  async function sendPage(): Promise<string> {
    const result = await send();
    if (result.outcome !== 'delivered') throw new Error(`the page was not delivered: ${result.reason}`);
    return result.providerId;
  }

  it('posts what a human needs, and learns the id of the message', async () => {
    const providerId = await sendPage();
    const [post] = discord.posts();
    expect(post).toMatchObject({ id: providerId, content: '**PAGE critical: disk full on db1**' });
    for (const part of ['step 1, round 1', 'cluster: eu\\-1', 'only 1 % is left']) {
      expect(post?.description).toContain(part);
    }
    expect(post?.footer).toBe(`incident ${aNotification().incident.id}`);
  });

  it('edits the message on acknowledgement and on resolution', async () => {
    const providerId = await sendPage();
    const acknowledged = { kind: 'update', by: 'amy', incident: { state: 'acknowledged' } } as const;
    expect(await send(aNotification({ ...acknowledged, providerId }))).toMatchObject({ providerId });
    expect(discord.posts()).toMatchObject([
      { content: '**ACKNOWLEDGED by amy: disk full on db1**', edits: 1 },
    ]);
    await send(aNotification({ kind: 'resolved', providerId, incident: { state: 'resolved' } }));
    expect(discord.posts()).toMatchObject([{ content: '**RESOLVED: disk full on db1**', edits: 2 }]);
    expect(discord.requests.at(-1)).toMatchObject({
      method: 'PATCH',
      path: `/api/webhooks/${webhookId}/a-token/messages/${providerId}`,
    });
  });

  it.each([undefined, 'not-a-number', '1', '../../1'])(
    'posts anew when there is no message %s to edit',
    async (providerId) => {
      await send(aNotification({ kind: 'resolved', ...(providerId !== undefined && { providerId }) }));
      expect(discord.posts()).toMatchObject([{ content: '**RESOLVED: disk full on db1**', edits: 0 }]);
    },
  );

  it('takes a page back, and is done when it was deleted', async () => {
    const providerId = await sendPage();
    const undo = aNotification({ kind: 'undo', providerId });
    expect(await send(undo)).toMatchObject({ outcome: 'delivered', providerId });
    expect(discord.posts()).toMatchObject([{ content: '**WITHDRAWN: disk full on db1**', edits: 1 }]);
    discord.remove(providerId);
    expect(await send(undo)).toEqual({ outcome: 'delivered', providerId });
    expect(discord.posts()).toEqual([]);
  });

  it('says that a page is withdrawn of which nobody knows the message', async () => {
    await send(aNotification({ kind: 'undo' }));
    expect(discord.posts()).toMatchObject([{ content: '**WITHDRAWN: disk full on db1**' }]);
  });

  it('reminds in a message of its own', async () => {
    const providerId = await sendPage();
    await send(aNotification({ kind: 'reminder', providerId, incident: { state: 'acknowledged' } }));
    expect(discord.posts()).toHaveLength(2);
    expect(discord.posts()[1]?.description).toContain('still acknowledged');
  });

  it('stays in the thread that the address names', async () => {
    const url = `${discord.webhookUrl}?thread_id=42`;
    const result = await send(aNotification(), {}, url);
    const providerId = result.outcome === 'delivered' ? result.providerId : '';
    await send(aNotification({ kind: 'resolved', providerId }), {}, url);
    const [posted, edited] = discord.requests.map(({ path }) => new URL(path, 'http://x').searchParams);
    expect([posted?.get('thread_id'), posted?.get('wait')]).toEqual(['42', 'true']);
    expect(edited?.get('thread_id')).toBe('42');
  });

  it.each([
    [0.65, 650],
    [3, 3_000],
    [0.0001, 1],
    [86_399, 60_000],
  ])('waits %s s as the body of a rate limit says', async (seconds, afterMs) => {
    discord.next(discordRateLimited(seconds));
    expect(await send()).toMatchObject({ outcome: 'retry', status: 429, afterMs });
  });

  it.each([-1, 0, 1e12])('does not wait %s s', async (seconds) => {
    discord.next({ ...discordRateLimited(seconds), headers: {} });
    expect(await send()).toEqual({ outcome: 'retry', reason: 'answered 429', status: 429 });
  });

  it('is refused by a webhook that is gone, and names no part of its address', async () => {
    const url = discord.webhookUrl.replace('a-token', 'canary0token');
    const result = await send(aNotification(), {}, url);
    expect(result).toEqual({ outcome: 'rejected', reason: 'answered 404', status: 404 });
    expect(JSON.stringify([result, create(url)])).not.toContain('canary');
  });

  it('paces each webhook by its number, which is no secret', () => {
    expect(create()).toMatchObject({
      account: new URL(discord.webhookUrl).host,
      isIdempotent: false,
      canUndo: true,
      pace: { key: `${new URL(discord.webhookUrl).host}/${webhookId}`, everyMs: 2_000 },
    });
  });

  it('posts again what may have arrived: Discord lets nobody look', async () => {
    await sendPage();
    await send(aNotification(), { attempt: 2, mayHaveArrived: true });
    expect(discord.posts()).toHaveLength(2);
  });
});
