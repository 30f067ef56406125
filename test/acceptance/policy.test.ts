import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { perform, useStack } from '../support/perform.ts';

// One policy that uses the whole language, simulated first and then played: what was foretold is what happens.

const always = { intervals: [{ times: ['00:00-24:00'] }] };
const longAgo = { intervals: [{ years: ['2000'] }] };

const stack = useStack({
  channels: { chat: 'slack', last: 'webhook' },
  routes: {
    everything: {
      repeat: 1,
      policy: {
        ack_timeout: '1s',
        remind_every: '400ms',
        auto_resolve: '24h',
        resolve_hold: '300ms',
        reopen_after: '4h',
        max_age: '12h',
        on_exhausted: ['channel:last'],
      },
      steps: [
        { notify: ['user:amy', 'ops'], wait: '900ms', if: { severity: ['critical'], hours: 'always' } },
        { notify: ['never'], wait: '10m', if: { outside_hours: 'always' } },
        {
          if: { alerts: 100 },
          // biome-ignore lint/suspicious/noThenProperty: the word of the policy language
          then: [{ notify: ['never'], wait: '10m' }],
          else: [{ notify: ['schedule:primary', 'boss'], wait: '700ms', mode: 'first_success' }],
        },
        { notify: ['user:amy', 'user:bo'], wait: '600ms', round_robin: true, delay_until: 'long-ago' },
        { notify: ['chat', 'mailbox'], wait: '500ms', mode: 'all_or_nothing' },
      ],
    },
    together: {
      steps: [
        { notify: ['chat', 'broken'], wait: '10m', mode: 'all_or_nothing' },
        { notify: ['ops'], wait: '10m' },
      ],
    },
  },
  more: (_own, contact) => ({
    time_intervals: { always, 'long-ago': longAgo },
    users: {
      amy: {
        timezone: 'Europe/Berlin',
        contacts: { phone: contact('amy-phone'), mail: contact('amy-mail') },
        rules: {
          high: [{ contact: 'phone' }, { contact: 'mail', after: '500ms' }],
          low: [{ contact: 'mail' }],
        },
      },
      bo: { timezone: 'America/New_York', contacts: { phone: contact('bo-phone') } },
    },
    schedules: {
      primary: {
        timezone: 'Europe/Berlin',
        layers: [{ users: ['bo'], rotation: 'weekly', start: '2026-01-05T09:00' }],
      },
    },
  }),
});

interface Foretold {
  readonly openedAt: string;
  readonly exhaustedAt?: string;
  readonly items: readonly {
    readonly at: string;
    readonly round: number;
    readonly step: number;
    readonly reason: string;
    readonly targets?: readonly { readonly target: string }[];
    readonly people?: readonly {
      readonly contacts: readonly { readonly target: string; readonly at: string }[];
    }[];
  }[];
}

interface Paged {
  readonly channel: string;
  readonly round: number;
  readonly step: number;
  readonly afterMs: number;
}

/** `channel:ops` is reached at `ops`, `user:amy/phone` at `amy-phone`. */
function placeOf(target: string): string {
  return target.replace(/^(?:channel|user):/, '').replace('/', '-');
}

function pagesOf({ openedAt, items }: Foretold): Paged[] {
  const afterMs = (at: string) => Date.parse(at) - Date.parse(openedAt);
  return items
    .flatMap(({ at, round, step, targets = [], people = [] }) => [
      ...targets.map(({ target }) => ({ channel: placeOf(target), round, step, afterMs: afterMs(at) })),
      ...people.flatMap(({ contacts }) =>
        contacts.map((it) => ({ channel: placeOf(it.target), round, step, afterMs: afterMs(it.at) })),
      ),
    ])
    .sort(inOrder);
}

function inOrder(a: Paged, b: Paged): number {
  return a.round - b.round || a.step - b.step || a.channel.localeCompare(b.channel);
}

test('a policy that uses every feature happens as it was simulated, to within a second', () =>
  perform(stack(), 'everything', async (t, { api, wire, suffix }) => {
    const asked = await api.post('/v1/policies/everything/simulate', { severity: 'critical' });
    expect(asked.status).toBe(200);
    const foretold = asked.body as unknown as Foretold;
    const expected = pagesOf(foretold);
    expect(new Set(expected.map(({ channel }) => channel))).toEqual(
      new Set(['ops', 'amy-phone', 'amy-mail', 'bo-phone', 'chat', 'mailbox', 'last']),
    );

    const alert = await t.fire('DiskFull');
    const label = `everything-${suffix}`;
    const pages = () => wire.accepted().filter(({ kind, body }) => kind === 'page' && body.includes(label));
    await eventually(() => (pages().length >= expected.length ? true : undefined), 15_000);
    const first = pages()[0];
    if (first === undefined) throw new Error('nobody was paged');
    t.about(first.incidentId);
    const opened = Date.parse((await t.expectEntry('IncidentOpened').within(5_000)).at);
    await t.expectEntry('EscalationExhausted').within(5_000);

    const happened = pages().map((hit): Paged => {
      const { round, step } = placeIn(hit.body);
      return { channel: hit.channel, round, step, afterMs: hit.receivedAtMs - opened };
    });
    const names = (all: readonly Paged[]) =>
      all.map(({ channel, round, step }) => `${round}.${step} ${channel}`);
    expect(names(happened.toSorted(inOrder))).toEqual(names(expected));
    for (const [index, page] of happened.toSorted(inOrder).entries()) {
      expect(Math.abs(page.afterMs - (expected[index]?.afterMs ?? 0))).toBeLessThan(1_000);
    }
    await t.clear(alert);
    await t.expectEntry('ResolutionHeld').within(5_000);
    await t.expectEntry('IncidentResolved').within(5_000);
    for (const { channel } of happened) await t.expectPage(channel, /DiskFull/).within(1_000);
    await t.expectResolved('chat', /DiskFull/).within(5_000);
    await t.expectResolved('chat', /DiskFull/).within(5_000);
  }));

/** Webhooks say it themselves; what Slack carries names the same key. */
function placeIn(body: string): { round: number; step: number } {
  const { notification, metadata } = JSON.parse(body) as {
    notification?: { round: number; step: number };
    metadata?: { event_payload: { round?: number; step?: number } };
  };
  const { round = -1, step = -1 } = notification ?? metadata?.event_payload ?? {};
  return { round, step };
}

test('a step of all or nothing takes back what was delivered when one page fails, and the next step comes at once', () =>
  perform(stack(), 'together', async (t, { wire }) => {
    wire.webhook.always(({ path }) => (path === '/broken' ? { status: 400 } : undefined));
    const sentMs = Date.now();
    const alert = await t.fire('DiskFull');
    await t.expectPage('chat', /DiskFull/).within(5_000);
    const next = await t.expectPage('ops', /DiskFull/).within(5_000);
    expect(next.receivedAtMs - sentMs).toBeLessThan(3_000);
    const undone = await t.expectEntry('NotificationUndone').within(5_000);
    expect(undone.summary).toBeDefined();
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));
