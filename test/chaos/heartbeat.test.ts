import { expect, test } from 'vitest';
import { alertmanagerBody } from '../support/alertmanager-body.ts';
import { eventually } from '../support/eventually.ts';
import { startStack } from '../support/stack.ts';
import type { StackPlan } from '../support/stack-plan.ts';

const key = 'a-key-of-the-watched-source';
const plan: StackPlan = {
  routes: {},
  channels: { ops: 'webhook' },
  sources: [
    {
      name: 'watched',
      type: 'alertmanager',
      key,
      heartbeat: { every: '5s', severity: 'critical', match: ['alertname="Watchdog"'] },
    },
  ],
  more: (own) => ({
    routes: [{ name: own('all'), group_by: ['alertname'], policy: 'all' }],
    policies: { all: { steps: [{ notify: ['channel:ops'], wait: '10m' }] } },
  }),
};

const startsAt = new Date().toISOString();
const watchdog = alertmanagerBody([
  { status: 'firing', labels: { alertname: 'Watchdog', severity: 'info' }, summary: 'alive', startsAt },
]);

test('a source that falls silent pages, its Watchdog never does, and being heard again ends it', async () => {
  await using stack = await startStack({ plan });
  const beat = async () => {
    const response = await fetch(`${stack.url}/v1/sources/${key}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: watchdog,
    });
    expect(response.status).toBe(202);
    await response.arrayBuffer();
  };
  const pages = () => stack.wire.accepted().filter(({ kind }) => kind === 'page');
  await beat();
  const heardMs = Date.now();
  const [page] = await eventually(() => (pages().length > 0 ? pages() : undefined), 20_000);
  expect(page?.body).toContain('SourceSilent');
  expect(page?.body).toContain('source watched was not heard for 5s');
  expect(page?.receivedAtMs).toBeGreaterThanOrEqual(heardMs + 5_000);

  const beats = setInterval(() => void beat(), 1_000);
  try {
    await eventually(async () => {
      const { items } = await stack.api.get<{ items: { state: string }[] }>('/v1/incidents');
      return items.every(({ state }) => state === 'resolved') ? true : undefined;
    }, 10_000);
  } finally {
    clearInterval(beats);
  }
  expect(pages()).toHaveLength(1);
  const { items } = await stack.api.get<{ items: { title: string; quiet: { kind: string }[] }[] }>(
    '/v1/alerts',
  );
  expect(items.find(({ title }) => title === 'alive')).toMatchObject({ quiet: [{ kind: 'heartbeat' }] });
  await stack.stop();
});
