import { expect, test } from 'vitest';
import { perform, useStack } from '../support/perform.ts';

const once = { steps: [{ notify: ['ops'], wait: '10m' }] };
const stack = useStack({
  channels: { stand_in: 'webhook' },
  routes: {
    snoozed: {
      steps: [
        { notify: ['ops'], wait: '700ms' },
        { notify: ['boss'], wait: '10m' },
      ],
    },
    escalated: {
      steps: [
        { notify: ['ops'], wait: '10m' },
        { notify: ['boss'], wait: '10m' },
      ],
    },
    reassigned: once,
    noted: once,
    quiet: once,
    closed: once,
  },
});

test('a snooze keeps silent until it ends, then the ladder starts anew', () =>
  perform(stack(), 'snoozed', async (t) => {
    const alert = await t.fire('Backup');
    const first = await t.expectPage('ops', /Backup/).within(5_000);
    const until = Date.now() + 2_000;
    const snooze = await t.command('snooze', { until: new Date(until).toISOString() });
    expect(snooze).toMatchObject({ status: 200, body: { state: 'snoozed' } });
    const second = await t.expectPage('ops', /Backup/).within(8_000);
    expect(second.receivedAtMs).toBeGreaterThanOrEqual(until);
    expect(second.key).not.toBe(first.key);
    const step = await t.expectEntry('StepStarted', 2).within(5_000);
    expect(step.facts).toMatchObject({ reason: 'snooze_ended', dueAt: new Date(until).toISOString() });
    await t.command('acknowledge');
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('escalating by hand pages the next step at once, and after the last one the first', () =>
  perform(stack(), 'escalated', async (t) => {
    const alert = await t.fire('Cpu');
    await t.expectPage('ops', /Cpu/).within(5_000);
    expect(await t.command('escalate')).toMatchObject({ status: 200, body: { state: 'open' } });
    await t.expectPage('boss', /Cpu/).within(5_000);
    await t.command('acknowledge');
    await t.command('escalate');
    await t.expectPage('ops', /Cpu/).within(5_000);
    expect(await t.incident()).toMatchObject({ state: 'open' });
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('reassigning pages the ones who are named instead', () =>
  perform(stack(), 'reassigned', async (t) => {
    const alert = await t.fire('Dns');
    await t.expectPage('ops', /Dns/).within(5_000);
    const unknown = await t.command('reassign', { to: ['channel:nobody'] });
    expect(unknown).toMatchObject({ status: 422, body: { code: 'invalid_command', path: '/to/0' } });
    expect(await t.command('reassign', { to: ['channel:stand_in'] })).toMatchObject({ status: 200 });
    await t.expectPage('stand_in', /Dns/).within(5_000);
    const entry = await t.expectEntry('IncidentReassigned').within(5_000);
    expect(entry).toMatchObject({ actor: 'amy', facts: { targets: ['channel:stand_in'] } });
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('a note stands in the timeline and pages nobody', () =>
  perform(stack(), 'noted', async (t) => {
    const alert = await t.fire('Tls');
    await t.expectPage('ops', /Tls/).within(5_000);
    const note = await t.command('note', { by: 'bo', text: 'the certificate is being renewed' });
    expect(note).toMatchObject({ status: 200, body: { state: 'open' } });
    const entry = await t.expectEntry('IncidentNoted').within(5_000);
    expect(entry).toMatchObject({ actor: 'bo', facts: { text: 'the certificate is being renewed' } });
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('what a human resolved stays quiet while it still fires, and pages when it fires anew', () =>
  perform(stack(), 'quiet', async (t) => {
    const alert = await t.fire('Disk');
    const { incidentId } = await t.expectPage('ops', /Disk/).within(5_000);
    expect(await t.command('resolve')).toMatchObject({ status: 200, body: { state: 'resolved' } });
    const repeat = await t.send([alert]);
    expect(await repeat.json()).toMatchObject({ accepted: 0, duplicates: 1 });
    // the clock looks at firing alerts without an incident every second, once they are five seconds old
    for (let beats = 0; beats < 7; beats += 1) await t.letTimePass();
    t.expectNoMorePages();
    expect(await t.incidents()).toHaveLength(1);

    await t.clear(alert);
    const anew = await t.fire('Disk');
    expect((await t.expectPage('ops', /Disk/).within(5_000)).incidentId).not.toBe(incidentId);
    await t.clear(anew);
    await t.expectEntry('IncidentResolved').within(5_000);
  }));

test('a resolved incident takes no command, and neither does one that never was', () =>
  perform(stack(), 'closed', async (t, { api }) => {
    const alert = await t.fire('Ntp');
    await t.expectPage('ops', /Ntp/).within(5_000);
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
    expect(await t.command('acknowledge')).toMatchObject({ status: 409, body: { code: 'incident_closed' } });
    const nowhere = '/v1/incidents/00000000-0000-5000-8000-000000000000/acknowledge';
    expect(await api.post(nowhere, { by: 'amy' })).toMatchObject({ status: 404 });
  }));
