import { expect, test } from 'vitest';
import { perform, useStack } from '../support/perform.ts';

const weekly = { rotation: 'weekly', start: '2026-01-05T09:00' };
const stack = useStack({
  routes: {
    covered: { steps: [{ notify: ['schedule:primary'], wait: '10m' }] },
    vacant: {
      policy: { on_exhausted: ['channel:last'] },
      steps: [{ notify: ['schedule:vacant'], wait: '10m' }],
    },
    shared: { steps: [{ notify: ['user:amy', 'user:bo'], wait: '10m', round_robin: true }] },
  },
  channels: { last: 'webhook' },
  more: (_own, contact) => ({
    users: {
      amy: { contacts: { phone: contact('amy-phone') } },
      bo: { contacts: { phone: contact('bo-phone') } },
    },
    schedules: {
      primary: { timezone: 'Europe/Berlin', layers: [{ users: ['amy'], ...weekly }] },
      vacant: { layers: [{ users: ['amy'], ...weekly, end: '2026-01-06T09:00' }] },
    },
  }),
});

const overridesOfPrimary = '/v1/schedules/primary/overrides';

test('an override that starts now is paged from then on, and not any more once it was ended', () =>
  perform(stack(), 'covered', async (t, { api }) => {
    const made = await api.post(overridesOfPrimary, { user: 'bo', start: 'now', for: '1h', by: 'amy' });
    expect(made.status).toBe(201);
    const { items } = await api.get<{ items: object[] }>('/v1/oncall?schedule=primary');
    expect(items).toMatchObject([{ user: 'bo', via: { kind: 'override', id: made.body.id } }]);
    const first = await t.fire('DiskFull');
    await t.expectPage('bo-phone', /DiskFull/).within(5_000);
    await t.clear(first);
    await t.expectEntry('IncidentResolved').within(5_000);

    expect(await api.delete(`/v1/overrides/${made.body.id}?by=amy`)).toMatchObject({ status: 200 });
    // a worker may believe for a second what it has read of overrides
    for (let beats = 0; beats < 2; beats += 1) await t.letTimePass();
    const second = await t.fire('DiskFull');
    await t.expectPage('amy-phone', /DiskFull/).within(5_000);
    await t.clear(second);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('when nobody is on call the fallback is paged, and the page says so', () =>
  perform(stack(), 'vacant', async (t) => {
    const alert = await t.fire('DiskFull');
    await t.expectPage('last', /nobody is on call in vacant/).within(5_000);
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('people take turns from incident to incident', () =>
  perform(stack(), 'shared', async (t) => {
    for (const place of ['amy-phone', 'bo-phone', 'amy-phone']) {
      const alert = await t.fire('DiskFull');
      await t.expectPage(place, /DiskFull/).within(5_000);
      await t.clear(alert);
      await t.expectEntry('IncidentResolved').within(5_000);
    }
  }));
