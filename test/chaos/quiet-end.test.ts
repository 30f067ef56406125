import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { finish, perform } from '../support/perform.ts';
import { startStack } from '../support/stack.ts';

const plan = { routes: { silenced: { steps: [{ notify: ['ops'], wait: '10m' }] } } };

/** From the end of what quiets an alert to its page, though the process that looks for it has died. */
const releaseMs = 2_000;

test('the holder of the clock is killed in the moment in which a silence ends: its alert pages all the same', async () => {
  await using stack = await startStack({ plan });
  const other = await stack.addServer();
  await other.server.start();
  await stack.ready(other.url);
  await perform(stack, 'silenced', async (t) => {
    const matchers = [`route="silenced-${stack.suffix}"`];
    const body = { matchers, for: '4s', by: 'amy', comment: 'maintenance' };
    const silence = await stack.api.post('/v1/silences', body);
    expect(silence.status).toBe(201);
    // the first server was alone, so it has the clock
    const alert = await t.fire('DiskFull');
    stack.useServer(other.url);
    const endsAtMs = Date.parse(String(silence.body.endsAt));
    await sleep(endsAtMs - Date.now());
    await stack.server.kill();
    const { receivedAtMs } = await t.expectPage('ops', /DiskFull/).within(10_000);
    expect(receivedAtMs).toBeGreaterThanOrEqual(endsAtMs);
    expect(receivedAtMs - endsAtMs).toBeLessThan(releaseMs);
    expect((await t.send([{ ...alert, status: 'resolved' }], other.url)).status).toBe(202);
    await t.expectResolvedIncidents(1).within(10_000);
  });
  await finish(stack);
});
