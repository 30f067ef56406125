import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { perform, useStack } from '../support/perform.ts';
import type { RoutePlan } from '../support/stack-plan.ts';

const once: RoutePlan = { steps: [{ notify: ['ops'], wait: '10m' }] };

const stack = useStack({
  routes: {
    silenced: once,
    ending: once,
    open: once,
    inhibited: once,
    gathers: { ...once, route: { group_by: ['route'], group_wait: '1s' } },
    brief: { ...once, route: { group_wait: '20s' } },
    flaps: once,
    storm: { ...once, route: { storm: { threshold: 2, within: '10s', wait: '1s' } } },
  },
  more: (own) => ({
    inhibit: [
      {
        name: 'cause',
        source: [`route="${own('inhibited')}"`, 'alertname="Cause"'],
        target: [`route="${own('inhibited')}"`, 'alertname="Effect"'],
        equal: ['instance'],
      },
    ],
    flapping: [{ name: 'flaps', match: [`route="${own('flaps')}"`], changes: 4, within: '60m', hold: '5s' }],
  }),
});

/** From the end of what quiets an alert to its page. */
const releaseMs = 2_000;

interface SilenceView {
  readonly id: string;
  readonly endsAt: string;
}

async function silence(route: string, span: string): Promise<SilenceView> {
  const matchers = [`route="${route}-${stack().suffix}"`];
  const body = { matchers, for: span, by: 'amy', comment: 'maintenance' };
  const answer = await stack().api.post('/v1/silences', body);
  expect(answer.status).toBe(201);
  return answer.body as unknown as SilenceView;
}

async function quietAlert(name: string, route: string): Promise<void> {
  await eventually(async () => {
    const { items } = await stack().api.get<{ items: { title: string; quiet: object[]; labels: object }[] }>(
      '/v1/alerts?limit=200',
    );
    return items.find(
      ({ title, quiet, labels }) =>
        title === name && quiet.length > 0 && JSON.stringify(labels).includes(route),
    );
  }, 5_000);
}

test('a silenced alert pages nobody, and pages as soon as its silence is ended', () =>
  perform(stack(), 'silenced', async (t) => {
    const { id } = await silence('silenced', '2h');
    const alert = await t.fire('DiskFull', { summary: 'disk is full' });
    await quietAlert('disk is full', 'silenced');
    await t.letTimePass();
    t.expectNoMorePages();
    expect((await stack().api.delete(`/v1/silences/${id}?by=amy`)).status).toBe(200);
    await t.expectPage('ops', /disk is full/).within(releaseMs);
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('an alert that still fires pages when its silence comes to its end', () =>
  perform(stack(), 'ending', async (t) => {
    const { endsAt } = await silence('ending', '2s');
    const alert = await t.fire('DiskFull');
    const { receivedAtMs } = await t.expectPage('ops', /DiskFull/).within(2_000 + releaseMs);
    expect(receivedAtMs).toBeGreaterThanOrEqual(Date.parse(endsAt));
    expect(receivedAtMs).toBeLessThan(Date.parse(endsAt) + releaseMs);
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('a silence for an open incident ends it, and its alert comes back with the silence’s end', () =>
  perform(stack(), 'open', async (t) => {
    const alert = await t.fire('DiskFull');
    await t.expectPage('ops', /DiskFull/).within(5_000);
    const { id } = await silence('open', '2h');
    await t.expectEntry('IncidentResolved').within(10_000);
    await stack().api.delete(`/v1/silences/${id}?by=amy`);
    await t.expectPage('ops', /DiskFull/).within(releaseMs);
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('an inhibited alert is quiet while its cause fires, and pages when only the cause has cleared', () =>
  perform(stack(), 'inhibited', async (t) => {
    const cause = await t.fire('Cause', { instance: 'db-1' });
    await t.expectPage('ops', /Cause/).within(5_000);
    const effect = await t.fire('Effect', { instance: 'db-1' });
    const other = await t.fire('Effect', { instance: 'db-2' });
    await t.expectPage('ops', /Effect on db-2/).within(5_000);
    await t.letTimePass();
    t.expectNoMorePages();
    await t.clear(other);
    await t.expectEntry('IncidentResolved').within(5_000);
    await t.clear(cause);
    await t.expectPage('ops', /Effect on db-1/).within(releaseMs);
    await t.clear(effect);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('a group gathers before its first page, which tells of all of it', () =>
  perform(stack(), 'gathers', async (t) => {
    const alerts = [await t.fire('A'), await t.fire('B'), await t.fire('C')];
    const page = await t.expectPage('ops', /"alertCount":3/).within(5_000);
    expect(page.receivedAtMs).toBeGreaterThanOrEqual(Date.parse(alerts[0]?.startsAt ?? '') + 1_000);
    for (const alert of alerts) await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('a group that clears while it gathers pages nobody', () =>
  perform(stack(), 'brief', async (t) => {
    const alert = await t.fire('Short');
    const states = async () => (await t.incidents()).map(({ state }) => state);
    await eventually(async () => ((await states()).includes('open') ? true : undefined), 5_000);
    await t.clear(alert);
    await t.expectResolvedIncidents(1).within(5_000);
    t.expectNoMorePages();
  }));

test('a flapping alert pages once as flapping, is held, and pages again when the hold is over', () =>
  perform(stack(), 'flaps', async (t) => {
    const pagesAndClears = async () => {
      const alert = await t.fire('Link', { instance: 'sw-1' });
      await t.expectPage('ops', /Link/).within(5_000);
      await t.clear(alert);
      await t.expectEntry('IncidentResolved').within(5_000);
    };
    await pagesAndClears();
    await pagesAndClears();
    await pagesAndClears(); // after four changes: this one is the page that says so
    const held = await t.fire('Link', { instance: 'sw-1' });
    await quietAlert('Link on sw-1', 'flaps');
    t.expectNoMorePages();
    await t.expectPage('ops', /Link/).within(10_000);
    await t.clear(held);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('a storm beyond the threshold is one incident, whose page counts what stands behind it', () =>
  perform(stack(), 'storm', async (t) => {
    const alerts = [];
    for (let index = 0; index < 12; index += 1) alerts.push(t.anAlert(`Storm${index}`));
    expect((await t.send(alerts)).status).toBe(202);
    await t.expectPages('ops', [/Storm0/, /Storm1/]).within(5_000);
    await t.expectPage('ops', /Storm2 on db-1 and 9 more/).within(5_000);
    await t.send(alerts.map((alert) => ({ ...alert, status: 'resolved' as const })));
    await t.expectResolvedIncidents(3).within(10_000);
  }));
