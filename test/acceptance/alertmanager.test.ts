import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { startChild } from '../../dev/child.ts';
import { freePort } from '../../dev/free-port.ts';
import { waitUntilReady } from '../../dev/ready.ts';
import { perform, useStack } from '../support/perform.ts';
import { createScratchDir } from '../support/scratch-dir.ts';
import type { Stack } from '../support/stack.ts';

const binary = findAlertmanager();
if (binary === undefined) process.stderr.write('no alertmanager on PATH: its test is skipped\n');

const stack = useStack({ routes: { real: { steps: [{ notify: ['ops'], wait: '10m' }] } } });

test.skipIf(binary === undefined)(
  'a real Alertmanager pages through tocsin, and resolves what it clears',
  () =>
    perform(stack(), 'real', async (t) => {
      await using alertmanager = await startAlertmanager(stack());
      const labels = { ...t.anAlert('Kernel').labels };
      const annotations = { summary: 'kernel panic on db-1' };
      const startsAt = new Date().toISOString();
      const post = (endsAt: string) =>
        fetch(`${alertmanager.url}/api/v2/alerts`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify([{ labels, annotations, startsAt, endsAt }]),
        });
      const firing = await post(new Date(Date.now() + 600_000).toISOString());
      expect(firing.status).toBe(200);
      await t.expectPage('ops', /kernel panic on db-1/).within(20_000);
      await t.expectEntry('IncidentOpened').within(5_000);

      expect((await post(new Date().toISOString())).status).toBe(200);
      await t.expectEntry('IncidentResolved').within(30_000);
    }),
);

function findAlertmanager(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return ['alertmanager', 'prometheus-alertmanager']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file));
}

async function startAlertmanager({ url, canaries }: Stack) {
  const dir = createScratchDir();
  const configFile = join(dir.path, 'alertmanager.yml');
  const receiver = { url: `${url}/v1/sources/${canaries.sourceKey}`, send_resolved: true };
  const route = { receiver: 'tocsin', group_by: ['...'], group_wait: '0s', group_interval: '1s' };
  const receivers = [{ name: 'tocsin', webhook_configs: [receiver] }];
  writeFileSync(configFile, JSON.stringify({ route, receivers }), { mode: 0o600 });
  const address = `127.0.0.1:${await freePort()}`;
  const child = await startChild({
    name: 'alertmanager',
    command: binary ?? '',
    args: [
      `--config.file=${configFile}`,
      `--storage.path=${join(dir.path, 'data')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
    logFile: join(dir.path, 'alertmanager.log'),
  });
  const probe = async () => {
    const { status } = await fetch(`http://${address}/-/ready`);
    if (status !== 200) throw new Error(`not ready: ${status}`);
  };
  await waitUntilReady(child, probe, { timeoutMs: 20_000 });
  return {
    url: `http://${address}`,
    async [Symbol.asyncDispose]() {
      await child.stop();
      dir[Symbol.dispose]();
    },
  };
}
