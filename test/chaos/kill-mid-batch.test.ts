import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { alertmanagerBody, fingerprintOfSent, type SentAlert } from '../support/alertmanager-body.ts';
import { startOwnPostgres } from '../support/own-servers.ts';
import { readRecordedLog } from '../support/recorded-log.ts';
import { type Stack, startStack } from '../support/stack.ts';

const plan = { routes: { load: { steps: [{ notify: ['ops'], wait: '10m' }] } } };
const alertsPerBody = 100;

function aBody(suffix: string): SentAlert[] {
  return Array.from({ length: alertsPerBody }, () => ({
    status: 'firing',
    labels: {
      alertname: 'Load',
      route: `load-${suffix}`,
      instance: randomBytes(8).toString('hex'),
      severity: 'info',
    },
    summary: 'load',
    startsAt: new Date().toISOString(),
  }));
}

/** Sends until it is told to stop; a request that fails in any way is not counted on. */
async function keepSending(stack: Stack, url: string, isDone: () => boolean): Promise<SentAlert[]> {
  const acknowledged: SentAlert[] = [];
  while (!isDone()) {
    const alerts = aBody(stack.suffix);
    try {
      const response = await fetch(`${url}/v1/sources/${stack.canaries.sourceKey}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: alertmanagerBody(alerts),
      });
      await response.arrayBuffer();
      if (response.status === 202) acknowledged.push(...alerts);
    } catch {
      await sleep(20); // the server is gone: its sender tries again
    }
  }
  return acknowledged;
}

/** Acknowledged minus stored, and how much there was of both. */
async function expectNothingLost(stack: Stack, acknowledged: readonly SentAlert[]): Promise<void> {
  const stored = new Set(
    (await readRecordedLog(stack.databaseUrl)).flatMap(({ event }) =>
      event.type === 'AlertFired' ? [event.data.alert.fingerprint] : [],
    ),
  );
  const lost = acknowledged.filter((alert) => !stored.has(fingerprintOfSent(alert)));
  process.stderr.write(`${acknowledged.length} acknowledged, ${stored.size} stored, ${lost.length} lost\n`);
  expect(acknowledged.length).toBeGreaterThan(1_000);
  expect(lost).toEqual([]);
}

test('two servers under load, one killed in the midst of its batches: acknowledged minus stored is zero', async () => {
  await using stack = await startStack({ plan });
  const other = await stack.addServer();
  await other.server.start();
  await stack.ready(other.url);
  let isDone = false;
  const sending = [stack.url, stack.url, other.url, other.url].map((url) =>
    keepSending(stack, url, () => isDone),
  );
  for (let round = 0; round < 3; round += 1) {
    await sleep(1_500); // long enough that batches are always under way
    await stack.server.kill();
    await stack.server.start();
    await stack.ready();
  }
  isDone = true;
  await expectNothingLost(stack, (await Promise.all(sending)).flat());
  await stack.stop();
});

test('PostgreSQL is killed in the midst of batches: acknowledged minus stored is zero', async () => {
  await using postgres = await startOwnPostgres();
  await using stack = await startStack({ plan, postgresUrl: postgres.address });
  let isDone = false;
  const sending = [stack.url, stack.url, stack.url].map((url) => keepSending(stack, url, () => isDone));
  for (let round = 0; round < 3; round += 1) {
    await sleep(1_500); // long enough that batches are always under way
    await postgres.kill();
    await postgres.restart();
    await stack.ready();
  }
  await sleep(1_500);
  isDone = true;
  await expectNothingLost(stack, (await Promise.all(sending)).flat());
  await stack.stop();
});
