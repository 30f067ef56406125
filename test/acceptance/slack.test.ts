import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { perform, useStack } from '../support/perform.ts';
import { aSlackInteraction, type PressOverrides, slackRequest } from '../support/slack-press.ts';
import type { Stack } from '../support/stack.ts';

const once = { steps: [{ notify: ['chat'], wait: '10m' }] };
const stack = useStack({
  channels: { chat: 'slack' },
  routes: {
    pressed: once,
    raced: once,
    lost: once,
    escalated: {
      steps: [
        { notify: ['chat'], wait: '10m' },
        { notify: ['boss'], wait: '10m' },
      ],
    },
  },
});

/** Posts a press as Slack would. */
async function press({ url, wire, canaries }: Stack, overrides: PressOverrides): Promise<void> {
  const name = overrides.username ?? 'amy';
  const interaction = aSlackInteraction({
    responseUrl: wire.slack.responseUrl(name),
    userId: `U${name.toUpperCase()}`,
    ...overrides,
  });
  const signer = { secret: canaries.slackSigningSecret, nowMs: Date.now() };
  const { headers, payload } = slackRequest(interaction, signer);
  const response = await fetch(`${url}/v1/slack/interactions`, { method: 'POST', headers, body: payload });
  expect([response.status, await response.text()]).toEqual([200, '']);
}

/** The buttons of the message about an incident, as it stands now. */
function buttonsOf({ wire }: Stack, incidentId: string): readonly string[] | undefined {
  const post = wire.slack.posts().find(({ blockText }) => blockText.includes(incidentId));
  return post?.buttons.map(({ label }) => label);
}

test('Acknowledge, then Resolve: the message follows, and its buttons with it', () =>
  perform(stack(), 'pressed', async (t, it) => {
    await t.fire('Disk');
    const { incidentId } = await t.expectPage('chat', /Disk/).within(5_000);
    expect(buttonsOf(it, incidentId)).toEqual(['Acknowledge', 'Resolve', 'Escalate', 'Snooze 1 h']);

    await press(it, { incidentId, actionId: 'tocsin_acknowledge', username: 'amy' });
    await t.expectUpdate('chat', /ACKNOWLEDGED by slack:amy/).within(5_000);
    expect(buttonsOf(it, incidentId)).toEqual(['Resolve', 'Escalate']);
    const entry = await t.expectEntry('IncidentAcknowledged').within(5_000);
    expect(entry).toMatchObject({ actor: 'slack:amy' });

    await press(it, { incidentId, actionId: 'tocsin_resolve', username: 'bo' });
    await t.expectResolved('chat', /RESOLVED by slack:bo/).within(5_000);
    expect(buttonsOf(it, incidentId)).toEqual([]);

    await press(it, { incidentId, actionId: 'tocsin_acknowledge', username: 'cy' });
    const shown = await eventually(() => it.wire.slack.shownTo('cy')[0], 5_000);
    expect(shown).toBe('this incident is over');
  }));

test('of two who acknowledge at once one hears who was first', () =>
  perform(stack(), 'raced', async (t, it) => {
    const alert = await t.fire('Memory');
    const { incidentId } = await t.expectPage('chat', /Memory/).within(5_000);
    const names = ['dee', 'eli'];
    await Promise.all(names.map((username) => press(it, { incidentId, username })));
    const update = await t.expectUpdate('chat', /ACKNOWLEDGED by slack:(?:dee|eli)/).within(5_000);
    const first = /slack:(dee|eli)/.exec(update.title)?.[1] ?? '';
    const second = names.find((name) => name !== first) ?? '';
    const shown = await eventually(() => it.wire.slack.shownTo(second)[0], 5_000);
    expect(shown).toBe(`already acknowledged by ${first}`);
    expect(it.wire.slack.shownTo(first)).toEqual([]);
    await t.clear(alert);
    await t.expectResolved('chat', /RESOLVED/).within(5_000);
  }));

test('one press that Slack delivers three times pages the next step once', () =>
  perform(stack(), 'escalated', async (t, it) => {
    const alert = await t.fire('Queue');
    const { incidentId } = await t.expectPage('chat', /Queue/).within(5_000);
    const same = { incidentId, actionId: 'tocsin_escalate' };
    for (let delivery = 0; delivery < 3; delivery += 1) await press(it, same);
    await t.expectPage('boss', /Queue/).within(5_000);
    await t.letTimePass();
    const escalations = (await t.history()).filter(({ kind }) => kind === 'IncidentEscalated');
    expect(escalations).toHaveLength(1);
    await t.clear(alert);
    await t.expectResolved('chat', /RESOLVED/).within(5_000);
  }));

test('a message whose answer was lost is found again, not posted twice', () =>
  perform(stack(), 'lost', async (t, it) => {
    it.wire.slack.loseNextAnswer();
    const alert = await t.fire('Net');
    await t.expectPage('chat', /Net/).within(5_000);
    const delivered = await t.expectEntry('NotificationDelivered').within(8_000);
    const attempts = (await t.history()).filter(({ kind }) => kind === 'DeliveryAttempted');
    expect(attempts.map(({ facts }) => facts.outcome)).toEqual(['unknown', 'delivered']);
    const posts = it.wire.slack.posts().filter(({ blockText }) => blockText.includes(t.incidentId));
    expect(posts.map(({ channel, ts }) => `${channel}:${ts}`)).toEqual([delivered.facts.providerId]);
    await t.clear(alert);
    await t.expectResolved('chat', /RESOLVED/).within(5_000);
  }));
