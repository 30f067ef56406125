import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startOwnPostgres } from '../support/own-servers.ts';
import { finish, perform } from '../support/perform.ts';
import { startStack } from '../support/stack.ts';
import { createTimeline } from '../support/timeline.ts';

const plan = {
  routes: {
    stored: {
      steps: [
        { notify: ['ops'], wait: '20s' },
        { notify: ['boss'], wait: '10m' },
      ],
    },
    burst: { steps: [{ notify: ['crowd'], wait: '10m' }] },
  },
};

test('PostgreSQL is killed and restarted: 503 meanwhile, and nothing that was acknowledged is lost', async () => {
  await using postgres = await startOwnPostgres();
  await using stack = await startStack({ plan, postgresUrl: postgres.address });
  await perform(stack, 'stored', async (t) => {
    const before = await t.fire('Before');
    await t.expectPage('ops', /Before/).within(5_000);
    await t.expectEntry('NotificationDelivered').within(5_000);
    const crowd = createTimeline(stack, 'burst');
    const burst = Array.from({ length: 20 }, (_, index) => crowd.anAlert(`Burst${index}`));
    expect((await crowd.send(burst)).status).toBe(202);
    stack.excused.extraHits += burst.length;
    stack.excused.logLines.push(
      /"code":"(store_unavailable|unknown_outcome)"/,
      /"msg":"attempt not recorded"/,
    );
    await postgres.kill();

    const refused = await t.send([t.anAlert('Refused')]);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect((await fetch(`${stack.url}/healthz`)).status).toBe(200);

    await postgres.restart();
    const backMs = performance.now();
    const after = t.anAlert('After');
    await eventually(async () => ((await t.send([after])).status === 202 ? true : undefined), 15_000);
    expect(performance.now() - backMs).toBeLessThan(5_000);
    await t.expectPage('ops', /After/).within(40_000);
    const patterns = burst.map(({ summary }) => new RegExp(`"${summary}"`));
    await crowd.expectPages('crowd', patterns).within(40_000);
    await t.expectPage('boss', /Before/).within(40_000);
    await t.send([before, after, ...burst].map((alert) => ({ ...alert, status: 'resolved' })));
    await t.expectResolvedIncidents(2).within(60_000);
    await crowd.expectResolvedIncidents(burst.length).within(60_000);
    crowd.expectNoMorePages();
  });
  await finish(stack);
});
