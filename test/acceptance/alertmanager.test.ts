import { expect, test } from 'vitest';
import { alertmanagerBinary, startAlertmanager } from '../support/alertmanager-process.ts';
import { perform, useStack } from '../support/perform.ts';

if (alertmanagerBinary === undefined)
  process.stderr.write('no alertmanager on PATH: its tests are skipped\n');

const pagerdutyKey = 'pagerduty-key-of-the-test';
const stack = useStack({
  routes: {
    webhook: { steps: [{ notify: ['ops'], wait: '10m' }] },
    events: { by: 'group', steps: [{ notify: ['ops'], wait: '10m' }] },
  },
  sources: [{ name: 'pagerduty', type: 'pagerduty', key: pagerdutyKey }],
});

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Posts to a real Alertmanager, as Prometheus would. */
function tell(alertmanager: { url: string }, { labels, summary }: Alert) {
  const startsAt = new Date().toISOString();
  return (endsAt: string) =>
    fetch(`${alertmanager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ labels, annotations: { summary }, startsAt, endsAt }]),
    });
}

const inTenMinutes = () => new Date(Date.now() + 600_000).toISOString();

test.skipIf(alertmanagerBinary === undefined)(
  'a real Alertmanager pages through tocsin, and resolves what it clears',
  () =>
    perform(stack(), 'webhook', async (t) => {
      const url = `${stack().url}/v1/sources/${stack().canaries.sourceKey}`;
      await using alertmanager = await startAlertmanager({ webhook_configs: [{ url, send_resolved: true }] });
      const { labels } = t.anAlert('Kernel');
      const post = tell(alertmanager, { labels, summary: 'kernel panic on db-1' });
      expect((await post(inTenMinutes())).status).toBe(200);
      await t.expectPage('ops', /kernel panic on db-1/).within(20_000);
      await t.expectEntry('IncidentOpened').within(5_000);
      expect((await post(new Date().toISOString())).status).toBe(200);
      await t.expectEntry('IncidentResolved').within(30_000);
    }),
);

test.skipIf(alertmanagerBinary === undefined)(
  'a real Alertmanager that takes tocsin for PagerDuty pages and resolves through it',
  () =>
    perform(stack(), 'events', async (t) => {
      // PagerDuty's `group` is the one label of an event that Alertmanager lets its user choose
      const pagerduty = {
        url: `${stack().url}/v2/enqueue`,
        routing_key: pagerdutyKey,
        group: '{{ .CommonLabels.route }}',
        class: '{{ .CommonLabels.alertname }}',
        severity: 'critical',
        send_resolved: true,
      };
      await using alertmanager = await startAlertmanager({ pagerduty_configs: [pagerduty] });
      const { labels } = t.anAlert('Kernel');
      const post = tell(alertmanager, { labels, summary: 'kernel panic on db-1' });
      expect((await post(inTenMinutes())).status).toBe(200);
      await t.expectPage('ops', /Kernel/).within(20_000);
      expect((await post(new Date().toISOString())).status).toBe(200);
      await t.expectEntry('IncidentResolved').within(30_000);
    }),
);
