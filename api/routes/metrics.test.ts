import { expect, it } from 'vitest';
import { createFakeApp } from '../fake-app.ts';

it('shows the registry in the text format of Prometheus', async () => {
  const { app, metrics } = createFakeApp();
  metrics.alertsAccepted.inc({ source: 'prometheus' }, 3);
  const response = await app.inject({ method: 'GET', url: '/metrics' });
  expect(response.headers['content-type']).toContain('text/plain; version=0.0.4');
  expect(response.body).toContain('tocsin_alerts_accepted_total{source="prometheus"} 3');
});
