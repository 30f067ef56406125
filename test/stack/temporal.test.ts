import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, test } from 'vitest';
import { freePort } from '../../dev/free-port.ts';
import { startTemporal } from '../../dev/temporal.ts';
import { findTemporalBinary } from '../../dev/temporal-binary.ts';
import { createScratchDir } from '../support/scratch-dir.ts';

async function withClient<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

test('keeps workflows over kill -9 and comes back on the same ports', async () => {
  using dir = createScratchDir();
  const options = {
    logFile: join(dir.path, 'temporal.log'),
    databaseFile: join(dir.path, 'temporal.db'),
    headless: true,
    env: process.env,
  };
  const first = await startTemporal(options);
  await withClient(first.address, (client) =>
    client.workflow.start('nobody', { workflowId: 'kept', taskQueue: 'nobody-polls' }),
  );
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  const second = await startTemporal({ ...options, exactPorts: first.ports });
  expect(second.address).toBe(first.address);
  const { status } = await withClient(second.address, (client) =>
    client.workflow.getHandle('kept').describe(),
  );
  expect(status.name).toBe('RUNNING');
  await second.stop();
});

test('takes another port where the declared one is taken, and serves its Web UI', async () => {
  using dir = createScratchDir();
  const occupant = createServer();
  const port = await freePort(7_233);
  occupant.listen(port, '127.0.0.1');
  try {
    const temporal = await startTemporal({ logFile: join(dir.path, 'temporal.log'), env: process.env });
    expect(temporal.ports.grpcPort).not.toBe(port);
    const response = await fetch(temporal.uiUrl ?? '');
    expect(response.status).toBe(200);
    await temporal.stop();
  } finally {
    occupant.close();
  }
});

test('without a binary, a cache and go, it says what to do', async () => {
  using dir = createScratchDir();
  const env = { PATH: dir.path, XDG_CACHE_HOME: dir.path };
  const find = findTemporalBinary({ version: '1.8.2', env, print: () => {} });
  await expect(find).rejects.toThrow(/PATH.*install go.*TEMPORAL_ADDRESS/);
});
