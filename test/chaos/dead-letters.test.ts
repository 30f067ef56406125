import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { Page } from '../support/incident-api.ts';
import { perform, useStack } from '../support/perform.ts';
import type { Stack } from '../support/stack.ts';
import type { Timeline } from '../support/timeline.ts';
import type { WireHit } from '../support/wire.ts';

interface Delivery {
  readonly key: string;
  readonly state: string;
  readonly tries?: readonly { readonly outcome: string }[];
}

const afterwards = (first: string) => ({
  steps: [
    { notify: [first], wait: '10m' },
    // of another provider, which is well
    { notify: ['chat'], wait: '10m' },
  ],
});
const stack = useStack({
  routes: {
    away: afterwards('pager'),
    answered: afterwards('beeper'),
    refused: afterwards('desk'),
    tested: { steps: [{ notify: ['board'], wait: '10m' }] },
  },
  channels: { chat: 'slack' },
});

const deliveriesOf = async ({ api }: Stack, query: string): Promise<readonly Delivery[]> =>
  (await api.get<Page<Delivery>>(`/v1/deliveries?${query}`)).items;

/** What a channel's provider answers while it is not well. */
function refusing(channel: string, status: number) {
  return ({ path }: { readonly path: string }) => (path === `/${channel}` ? { status } : undefined);
}

/** The message in the chat is edited to the end. */
async function clearAndResolve(t: Timeline, alert: Parameters<Timeline['clear']>[0]): Promise<void> {
  await t.clear(alert);
  await t.expectResolved('chat', /RESOLVED/).within(8_000);
}

const names = ['AwayOne', 'AwayTwo', 'AwayThree', 'AwayFour', 'AwayFive'];

test(
  'a provider that was away for 20 s has all its pages within 5 s of its return, under the same keys',
  () =>
    perform(stack(), 'away', async (t, { wire, api }) => {
      const goneMs = Date.now();
      wire.webhook.always(refusing('pager', 503));
      const alerts = await Promise.all(names.map((name) => t.fire(name)));
      // meanwhile somebody else is paged
      const patterns = names.map((name) => new RegExp(name));
      const chats = await t.expectPages('chat', patterns).within(25_000);
      await eventually(() => (Date.now() - goneMs >= 20_000 ? true : undefined), 25_000);
      const before = await t.expectAttempt('pager', names.length).within(1_000);
      const backMs = Date.now();
      wire.webhook.always(undefined);
      const pages = await t.expectPages('pager', patterns).within(10_000);
      const tookMs = Math.max(...pages.map(({ receivedAtMs }) => receivedAtMs)) - backMs;
      process.stderr.write(`the last dead letter went out ${tookMs} ms after its provider was back\n`);
      expect(tookMs).toBeLessThanOrEqual(5_000);
      const keysOf = (hits: readonly WireHit[]) => new Set(hits.map(({ key }) => key));
      expect(keysOf(pages)).toEqual(keysOf(before));
      for (const { incidentId } of chats) {
        t.about(incidentId);
        const entry = await t.expectEntry('NotificationRedelivered').within(2_000);
        expect(entry).toMatchObject({ actor: 'tocsin' });
      }
      for (const { key } of pages) {
        const shown = await eventually(async () => {
          const delivery = await api.get<Delivery>(`/v1/deliveries/${key}`);
          return delivery.state === 'delivered' ? delivery : undefined;
        }, 5_000);
        expect(shown.tries?.at(-1)).toMatchObject({ outcome: 'delivered' });
      }
      for (const alert of alerts) await clearAndResolve(t, alert);
    }),
  90_000,
);

test(
  'a dead letter of an incident that somebody has acknowledged never goes out',
  () =>
    perform(stack(), 'answered', async (t, { wire, api }) => {
      wire.webhook.always(refusing('beeper', 503));
      const alert = await t.fire('Answered');
      await t.expectPage('chat', /Answered/).within(20_000);
      expect(await t.command('acknowledge')).toMatchObject({ status: 200 });
      await t.expectUpdate('chat', /ACKNOWLEDGED/).within(5_000);
      // what was under way when the acknowledgement came is over
      const letter = await eventually(async () => {
        const found = await deliveriesOf(stack(), `incident=${t.incidentId}&channel=beeper`);
        return found.find(({ state }) => state === 'dead' || state === 'withdrawn');
      }, 20_000);
      const tried = (await t.expectAttempt('beeper', 1).within(1_000)).length;
      wire.webhook.always(undefined);
      for (let beats = 0; beats < 8; beats += 1) await t.letTimePass();
      expect(await t.expectAttempt('beeper', 1).within(1_000)).toHaveLength(tried);
      const asked = await api.post(`/v1/deliveries/${letter.key}/redeliver`, { by: 'amy' });
      expect(asked.status).toBe(409);
      await clearAndResolve(t, alert);
    }),
  90_000,
);

test(
  'what a provider refuses waits for a human, who sends it again or discards it',
  () =>
    perform(stack(), 'refused', async (t, { wire, api }) => {
      wire.webhook.always(refusing('desk', 400));
      const alert = await t.fire('Refused');
      await t.expectPage('chat', /Refused/).within(10_000);
      const [hit] = await t.expectAttempt('desk', 1).within(1_000);
      wire.webhook.always(undefined);
      for (let beats = 0; beats < 5; beats += 1) await t.letTimePass();
      expect(await t.expectAttempt('desk', 1).within(1_000)).toHaveLength(1);
      const answer = await api.post('/v1/deliveries/redeliver', { by: 'amy', channel: 'desk' });
      expect(answer).toMatchObject({ status: 202, body: { redelivered: 1, next_cursor: null } });
      expect(await t.expectPage('desk', /Refused/).within(5_000)).toMatchObject({ key: hit?.key });
      const again = await t.expectEntry('NotificationRedelivered').within(2_000);
      expect(again.actor).toBe('amy');
      await clearAndResolve(t, alert);

      wire.webhook.always(refusing('desk', 400));
      const other = await t.fire('RefusedToo');
      await t.expectPage('chat', /RefusedToo/).within(10_000);
      const dead = await eventually(
        async () => (await deliveriesOf(stack(), 'state=dead&channel=desk'))[0],
        5_000,
      );
      const discarded = await api.post(`/v1/deliveries/${dead.key}/discard`, {
        by: 'bo',
        reason: 'told by phone',
      });
      expect(discarded).toMatchObject({ status: 200, body: { state: 'discarded', discardedBy: 'bo' } });
      expect(await deliveriesOf(stack(), 'state=dead&channel=desk')).toEqual([]);
      await t.expectEntry('DeliveryDiscarded').within(2_000);
      wire.webhook.always(undefined);
      await clearAndResolve(t, other);
    }),
  90_000,
);

test(
  'a test page goes out by the worker and belongs to no incident',
  () =>
    perform(stack(), 'tested', async (_t, { wire, api }) => {
      const answer = await api.post('/v1/channels/board/test', { by: 'amy' });
      expect(answer).toMatchObject({
        status: 202,
        body: { items: [{ channel: 'board', provider: 'webhook', outcome: 'delivered' }] },
      });
      const [hit] = wire.accepted().filter(({ channel }) => channel === 'board');
      expect(hit).toMatchObject({ kind: 'test', incidentId: 'test' });
      wire.webhook.next({ status: 404 });
      const refused = await api.post('/v1/channels/board/test', { by: 'amy' });
      expect(refused.body).toMatchObject({ items: [{ outcome: 'rejected', reason: expect.any(String) }] });
      expect((await api.post('/v1/channels/nobody/test', { by: 'amy' })).status).toBe(404);
    }),
  60_000,
);
