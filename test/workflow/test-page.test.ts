import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestPages } from '../../api/test-pages.ts';
import { createTestPageClient } from '../../client/test-page-client.ts';
import type { ChannelConfig } from '../../domain/channel/channel.ts';
import { deliveryStreamOf } from '../../domain/ids.ts';
import type { SendResult } from '../../domain/policy/notification.ts';
import { openSagaStage, type SagaStage } from '../support/saga-stage.ts';

let stage: SagaStage;
beforeAll(async () => {
  stage = await openSagaStage();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const caller = {
  tenant: 'default',
  by: 'amy',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

function testChannel(channel: string) {
  const webhook: ChannelConfig = {
    ...{ name: channel, provider: 'webhook', url: 'https://example.org', secrets: [], updates: false },
  };
  const pages = createTestPages({
    config: () => ({ channels: new Map([[channel, webhook]]), users: new Map() }),
    send: createTestPageClient(stage.client, stage.queues),
    newId: randomUUID,
    now: Date.now,
  });
  return pages.channel(channel, caller);
}

const sentTo = (channel: string) => stage.notifier.sent.filter(({ request }) => request.channel === channel);

test('goes out once by the worker of its provider, and is written down as every delivery is', async () => {
  const result = await testChannel('ops');
  expect(result).toMatchObject({ channel: 'ops', provider: 'webhook', outcome: 'delivered' });
  const [sent] = sentTo('ops');
  expect(sent?.request).toMatchObject({ kind: 'test', by: 'amy', incident: { id: 'test' } });
  const events = await stage.log.readStream(deliveryStreamOf(sent?.request.key ?? ''));
  expect(events.map(({ body }) => body)).toMatchObject([
    { type: 'DeliveryAttempted', data: { incidentId: 'test', kind: 'test', outcome: 'delivered' } },
  ]);
});

test.each<[string, SendResult]>([
  ['rejected', { outcome: 'rejected', reason: 'the channel is archived', status: 404 }],
  ['retry', { outcome: 'retry', reason: 'busy', status: 503 }],
  ['unknown', { outcome: 'unknown', reason: 'the connection broke' }],
])('what a provider answers is the result, and nothing is tried again: %s', async (outcome, answer) => {
  stage.notifier.answer(`bad-${outcome}`, answer);
  const result = await testChannel(`bad-${outcome}`);
  const reason = answer.outcome === 'delivered' ? undefined : answer.reason;
  expect(result).toMatchObject({ outcome, reason });
  expect(sentTo(`bad-${outcome}`)).toHaveLength(1);
});

test('without a worker the answer is that there was none', async () => {
  await stage.stopWorkers();
  const startedMs = Date.now();
  const result = await testChannel('nobody');
  expect(result).toMatchObject({ outcome: 'unanswered', reason: 'no worker answered in time' });
  expect(Date.now() - startedMs).toBeLessThan(20_000);
  expect(sentTo('nobody')).toEqual([]);
  await stage.startWorkers();
});
