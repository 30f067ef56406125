import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import { aNotification, aSendContext } from '../../test/support/a-notification.ts';
import { createFakeTelegram, type FakeTelegram, telegramError } from '../../test/support/fake-telegram.ts';
import { describeNotifierContract } from '../contract.ts';
import { createGuardedHttpClient, type GuardedHttpClient } from '../http/guarded-http-client.ts';
import { referenceOf } from '../text/heading.ts';
import { createTelegramNotifier } from './telegram-notifier.ts';

const chat = -1_001_234_567_890;
const token = '123456:AAE-secret-of-the-bot-0123456789abcdef';

describeNotifierContract({
  name: 'telegram',
  serve: async (canary) => {
    const telegram = await createFakeTelegram({ token: canary, chats: [chat] });
    const { key } = aNotification();
    return {
      ...telegram,
      // a message shows the beginning of its key only
      keyOf: ({ body }) => (JSON.parse(body).text.includes(`ref ${referenceOf(key)}`) ? key : undefined),
      accepted: {
        status: 200,
        body: JSON.stringify({ ok: true, result: { message_id: 7, chat: { id: chat } } }),
      },
      statusIsEnough: false,
    };
  },
  create: ({ http, now, served, canary }) =>
    createTelegramNotifier({
      token: canary,
      chat: String(chat),
      apiUrl: served?.server.url ?? '',
      onUnknown: 'resend',
      http,
      now,
      incidentUrlOf: () => undefined,
    }),
});

describe('telegram notifier', () => {
  let telegram: FakeTelegram;
  let http: GuardedHttpClient;
  let logged: string[];

  beforeEach(async () => {
    logged = [];
    telegram = await createFakeTelegram({ token, chats: [chat] });
    const logger = { warn: (...parts: unknown[]) => void logged.push(JSON.stringify(parts)) };
    http = createGuardedHttpClient({ allowPrivate: ['127.0.0.1'], logger });
  });
  afterEach(async () => {
    http.close();
    await telegram.close();
  });

  async function send(request: NotificationRequest = aNotification(), overrides: { token?: string } = {}) {
    const notifier = createTelegramNotifier({
      token,
      chat: String(chat),
      apiUrl: telegram.apiUrl,
      onUnknown: 'resend',
      http,
      now: Date.now,
      incidentUrlOf: (id) => `https://tocsin.example/v1/incidents/${id}`,
      ...overrides,
    });
    const result = await notifier.send(request, aSendContext());
    expect(JSON.stringify([result, logged])).not.toContain('AAE-secret');
    return result;
  }

  it('posts a page and says where it stands', async () => {
    expect(await send()).toEqual({ outcome: 'delivered', providerId: `${chat}:1`, status: 200 });
    expect(telegram.posts()).toMatchObject([{ chat, bold: ['PAGE critical', 'disk full on db1'] }]);
  });

  it.each([
    [{ kind: 'update', by: 'amy', incident: { state: 'acknowledged' } }, 'ACKNOWLEDGED by amy'],
    [{ kind: 'resolved', incident: { state: 'resolved' } }, 'RESOLVED'],
    [{ kind: 'undo' }, 'WITHDRAWN'],
  ] as const)('edits the message for %o', async (change, heading) => {
    await send();
    const providerId = `${chat}:1`;
    expect(await send(aNotification({ ...change, key: 'k2', providerId }))).toMatchObject({ providerId });
    expect(telegram.posts()).toMatchObject([{ edits: 1, bold: [heading, 'disk full on db1'] }]);
  });

  it('reminds by a message of its own', async () => {
    await send();
    await send(aNotification({ kind: 'reminder', key: 'k2', providerId: `${chat}:1` }));
    expect(telegram.posts()).toHaveLength(2);
  });

  it('takes an edit that says nothing new for done', async () => {
    await send();
    const edit = aNotification({ kind: 'resolved', key: 'k2', providerId: `${chat}:1` });
    await send(edit);
    expect(await send(edit)).toMatchObject({ outcome: 'delivered', providerId: `${chat}:1` });
    expect(telegram.posts()).toHaveLength(1);
  });

  it.each(["Bad Request: message can't be edited", 'Bad Request: message to edit not found'])(
    'answers below the message after %s',
    async (description) => {
      await send();
      telegram.next(telegramError(400, description));
      const edit = await send(aNotification({ kind: 'resolved', key: 'k2', providerId: `${chat}:1` }));
      expect(edit).toMatchObject({ outcome: 'delivered', providerId: `${chat}:2` });
      expect(telegram.posts()).toMatchObject([
        { messageId: 1, edits: 0 },
        { messageId: 2, replyTo: 1 },
      ]);
    },
  );

  it('does not post anew when the edit may have been taken', async () => {
    await send();
    telegram.next((socket) => void socket.resetAndDestroy());
    const edit = aNotification({ kind: 'resolved', key: 'k2', providerId: `${chat}:1` });
    expect(await send(edit)).toMatchObject({ outcome: 'unknown' });
    expect(telegram.posts()).toHaveLength(1);
  });

  it('waits as long as a flood limit says', async () => {
    const description = 'Too Many Requests: retry after 12';
    telegram.next(telegramError(429, description, { retry_after: 12 }));
    expect(await send()).toEqual({ outcome: 'retry', reason: 'answered 429', status: 429, afterMs: 12_000 });
  });

  it.each([
    [400, 'Bad Request: chat not found'],
    [403, 'Forbidden: bot was blocked by the user'],
    [401, 'Unauthorized'],
  ])('is rejected with %i %s', async (status, description) => {
    telegram.next(telegramError(status, description));
    expect(await send()).toEqual({ outcome: 'rejected', reason: `telegram: ${description}`, status });
  });

  it('names the new id of a group that has moved', async () => {
    const parameters = { migrate_to_chat_id: -1_009_999 };
    telegram.next(
      telegramError(400, 'Bad Request: group chat was upgraded to a supergroup chat', parameters),
    );
    expect(await send()).toMatchObject({ reason: expect.stringContaining('its new id is -1009999') });
  });

  it('gives no token away when its address is refused', async () => {
    const elsewhere = createGuardedHttpClient({
      allowPrivate: [],
      logger: { warn: (...parts: unknown[]) => void logged.push(JSON.stringify(parts)) },
    });
    const notifier = createTelegramNotifier({
      token,
      chat: '1',
      apiUrl: 'http://10.0.0.1',
      onUnknown: 'resend',
      http: elsewhere,
      now: Date.now,
      incidentUrlOf: () => undefined,
    });
    const result = await notifier.send(aNotification(), aSendContext());
    elsewhere.close();
    expect(result).toMatchObject({ outcome: 'rejected' });
    expect(logged).toHaveLength(1);
    expect(JSON.stringify([result, logged, notifier.account, notifier.pace])).not.toContain('AAE-secret');
  });

  it('counts a message without an id as delivered, since it was taken', async () => {
    telegram.next({ status: 200, body: '{"ok":true}' });
    expect(await send()).toMatchObject({ outcome: 'delivered', providerId: aNotification().key });
  });
});
