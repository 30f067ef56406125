import { expect, inject, test } from 'vitest';
import { findRedisServer } from '../../dev/redis.ts';
import { startOwnRedis } from '../support/own-servers.ts';
import { finish, perform } from '../support/perform.ts';
import { startStack } from '../support/stack.ts';

const plan = {
  routes: {
    cached: {
      steps: [
        { notify: ['ops'], wait: '2s' },
        { notify: ['boss'], wait: '10m' },
      ],
    },
  },
};
const hasRedis = inject('redisUrl') !== '' && findRedisServer() !== undefined;

test.skipIf(!hasRedis)('Redis is killed: pages, commands and queries go on without it', async () => {
  await using redis = await startOwnRedis();
  await using stack = await startStack({ plan, redisUrl: redis.address });
  await perform(stack, 'cached', async (t) => {
    const alert = await t.fire('Cached');
    await t.expectPage('ops', /Cached/).within(5_000);
    expect(await t.incident()).toMatchObject({ state: 'open' });
    await redis.kill();
    expect(await t.incident()).toMatchObject({ state: 'open' });
    await t.expectPage('boss', /Cached/).within(10_000);
    const { body } = await t.command('acknowledge');
    const seen = await stack.api.get(`/v1/incidents/${t.incidentId}?min_version=${body.version}`);
    expect(seen).toMatchObject({ state: 'acknowledged' });
    expect((await fetch(`${stack.url}/readyz`)).status).toBe(200);

    await redis.restart();
    await t.clear(alert);
    await t.expectEntry('IncidentResolved').within(5_000);
    const anew = await t.fire('Cached');
    await t.expectPage('ops', /Cached/).within(5_000);
    await t.clear(anew);
    await t.expectResolvedIncidents(2).within(10_000);
  });
  await finish(stack);
});
