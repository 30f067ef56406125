import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startOwnTemporal } from '../support/own-servers.ts';
import { finish, perform } from '../support/perform.ts';
import { startStack } from '../support/stack.ts';

const awaySeconds = 10;

test('Temporal stops for ten seconds: accepting goes on, and the pages come when it is back', async () => {
  await using temporal = await startOwnTemporal();
  const plan = { routes: { away: { steps: [{ notify: ['ops'], wait: '10m' }] } } };
  await using stack = await startStack({ plan, temporalAddress: temporal.address });
  await perform(stack, 'away', async (t, { api, wire }) => {
    const waitedSeconds = (seconds: number) =>
      eventually(
        async () => ((await api.metric('tocsin_dispatch_oldest_seconds')) >= seconds ? true : undefined),
        20_000,
      );
    temporal.freeze();
    const alerts = [];
    for (const seconds of [2, 5, awaySeconds]) {
      const sentMs = performance.now();
      alerts.push(await t.fire(`AwayFor${seconds}`));
      expect(performance.now() - sentMs).toBeLessThan(2_000);
      await waitedSeconds(seconds);
    }
    expect(wire.hits()).toEqual([]);
    temporal.thaw();
    for (const _ of alerts) await t.expectPage('ops', /AwayFor/).within(30_000);
    for (const alert of alerts) await t.clear(alert);
    await t.expectResolvedIncidents(alerts.length).within(30_000);
  });
  await finish(stack);
});
