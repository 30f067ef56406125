import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startChild } from '../../dev/child.ts';
import { freePort } from '../../dev/free-port.ts';
import { waitUntilReady } from '../../dev/ready.ts';
import { createScratchDir } from './scratch-dir.ts';

export interface AlertmanagerProcess extends AsyncDisposable {
  readonly url: string;
}

/** Where a program is, by any of its names. */
export function findProgram(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file));
}

export const alertmanagerBinary = findProgram('alertmanager', 'prometheus-alertmanager');

/** A real Alertmanager that tells one receiver of everything at once. */
export async function startAlertmanager(receiver: object): Promise<AlertmanagerProcess> {
  const dir = createScratchDir();
  const configFile = join(dir.path, 'alertmanager.yml');
  const route = { receiver: 'tocsin', group_by: ['...'], group_wait: '0s', group_interval: '1s' };
  const receivers = [{ name: 'tocsin', ...receiver }];
  writeFileSync(configFile, JSON.stringify({ route, receivers }), { mode: 0o600 });
  const address = `127.0.0.1:${await freePort()}`;
  const child = await startChild({
    name: 'alertmanager',
    command: alertmanagerBinary ?? '',
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
