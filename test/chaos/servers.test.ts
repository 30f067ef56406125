import { expect, test } from 'vitest';
import { finish, perform } from '../support/perform.ts';
import { startStack } from '../support/stack.ts';

const plan = { routes: { adopted: { steps: [{ notify: ['ops'], wait: '10m' }] } } };

test('a server killed right after its 202 and never restarted: another one finishes its lane', async () => {
  await using stack = await startStack({ plan });
  const other = await stack.addServer();
  await other.server.start();
  await stack.ready(other.url);
  await perform(stack, 'adopted', async (t) => {
    const alerts = Array.from({ length: 60 }, (_, index) => t.anAlert(`Burst${index}`));
    const answer = await t.send(alerts);
    await stack.server.kill();
    expect(answer.status).toBe(202);
    const patterns = alerts.map(({ summary }) => new RegExp(`"${summary}"`));
    await t.expectPages('ops', patterns).within(40_000);
    const cleared = alerts.map((alert) => ({ ...alert, status: 'resolved' as const }));
    expect((await t.send(cleared, other.url)).status).toBe(202);
    stack.useServer(other.url);
    await t.expectResolvedIncidents(alerts.length).within(60_000);
  });
  await finish(stack);
});
