import { expect, test } from 'vitest';
import { perform, useStack } from '../support/perform.ts';
import type { Timeline } from '../support/timeline.ts';

const ladder = {
  steps: [
    { notify: ['ops'], wait: '10m' },
    { notify: ['boss'], wait: '10m' },
  ],
};
const stack = useStack({
  routes: {
    flaky: ladder,
    // the next step is of another provider, which is well
    broken: {
      steps: [
        { notify: ['ops'], wait: '10m' },
        { notify: ['chat'], wait: '10m' },
      ],
    },
    refused: ladder,
    withdrawn: ladder,
    doubled: ladder,
    busy: ladder,
  },
  channels: { chat: 'slack' },
});

async function clearAndResolve(t: Timeline, alert: Parameters<Timeline['clear']>[0]): Promise<void> {
  await t.clear(alert);
  await t.expectEntry('IncidentResolved').within(5_000);
}

test('a provider that fails twice gets the same page a third time, under the same key', () =>
  perform(stack(), 'flaky', async (t, { wire }) => {
    wire.webhook.next({ status: 500 }, { status: 500 });
    const alert = await t.fire('Flaky');
    const { key } = await t.expectPage('ops', /"attempt":3/).within(8_000);
    const hits = await t.expectAttempt('ops', 3).within(1_000);
    expect(hits.map((hit) => hit.key)).toEqual([key, key, key]);
    const outcomes = (await t.history()).filter(({ kind }) => kind === 'DeliveryAttempted');
    expect(outcomes.map(({ facts }) => facts.outcome)).toEqual(['retry', 'retry', 'delivered']);
    await clearAndResolve(t, alert);
  }));

test('a page that a provider refuses is not tried again', () =>
  perform(stack(), 'refused', async (t, { wire }) => {
    wire.webhook.next({ status: 400 });
    const alert = await t.fire('Refused');
    await t.expectPage('boss', /Refused/).within(5_000);
    expect(await t.expectAttempt('ops', 1).within(1_000)).toHaveLength(1);
    const dead = await t.expectEntry('NotificationDeadLettered').within(1_000);
    expect(dead.facts).toMatchObject({ attempts: 1 });
    await clearAndResolve(t, alert);
  }));

test('an alert that is posted many times pages once', () =>
  perform(stack(), 'doubled', async (t) => {
    const alert = await t.fire('Doubled');
    const answers = await Promise.all(Array.from({ length: 5 }, () => t.send([alert, alert])));
    for (const answer of answers) expect(await answer.json()).toMatchObject({ accepted: 0, duplicates: 2 });
    await t.expectPage('ops', /Doubled/).within(5_000);
    await t.letTimePass();
    expect(await t.incidents()).toHaveLength(1);
    await clearAndResolve(t, alert);
  }));

test('a provider that asks for patience gets it', () =>
  perform(stack(), 'busy', async (t, { wire }) => {
    wire.webhook.next({ status: 429, headers: { 'retry-after': '2' } });
    const alert = await t.fire('Busy');
    const [refused] = await t.expectAttempt('ops', 1).within(5_000);
    const taken = await t.expectPage('ops', /Busy/).within(8_000);
    expect(taken.receivedAtMs - (refused?.receivedAtMs ?? 0)).toBeGreaterThanOrEqual(1_900);
    await clearAndResolve(t, alert);
  }));

test('acknowledging withdraws a page that is being tried again', () =>
  perform(stack(), 'withdrawn', async (t, { wire }) => {
    wire.webhook.always(({ path }) => (path === '/ops' ? { status: 503 } : undefined));
    const alert = await t.fire('Withdrawn');
    const [hit] = await t.expectAttempt('ops', 1).within(5_000);
    t.about(hit?.incidentId ?? '');
    expect(await t.command('acknowledge')).toMatchObject({ status: 200 });
    await t.expectEntry('NotificationFailed').within(8_000);
    const tried = (await t.expectAttempt('ops', 1).within(1_000)).length;
    for (let beats = 0; beats < 5; beats += 1) await t.letTimePass();
    expect(await t.expectAttempt('ops', 1).within(1_000)).toHaveLength(tried);
    wire.webhook.always(undefined);
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('a page that a provider never takes becomes a dead letter, and the next step begins at once', () =>
  perform(stack(), 'broken', async (t, { wire }) => {
    wire.webhook.always(({ path }) => (path === '/ops' ? { status: 503 } : undefined));
    const alert = await t.fire('Broken');
    await t.expectPage('chat', /Broken/).within(30_000);
    const hits = await t.expectAttempt('ops', 1).within(1_000);
    expect(new Set(hits.map((hit) => hit.key)).size).toBe(1);
    const dead = await t.expectEntry('NotificationDeadLettered').within(1_000);
    expect(dead.facts).toMatchObject({ key: hits[0]?.key });
    // fewer where the circuit to the provider opens meanwhile
    expect(dead.facts.attempts).toBeLessThanOrEqual(5);
    const next = await t.expectEntry('StepStarted', 2).within(1_000);
    expect(next.facts).toMatchObject({ step: 1, reason: 'undeliverable' });
    wire.webhook.always(undefined);
    const page = await t.expectPage('ops', /Broken/).within(8_000);
    expect(page.key).toBe(hits[0]?.key);
    await t.clear(alert);
    await t.expectResolved('chat', /RESOLVED/).within(8_000);
  }));
