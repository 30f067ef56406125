import { createServer } from 'node:net';
import { expect, inject, test } from 'vitest';
import { freePort } from '../../dev/free-port.ts';
import { createTestDatabase } from '../support/database.ts';
import { createScratchDir } from '../support/scratch-dir.ts';
import { startFailing } from '../support/tocsin-process.ts';

test('a worker that cannot start says why and ends, so that it is started again', async () => {
  await using database = await createTestDatabase();
  using dir = createScratchDir();
  const port = await freePort();
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(port, '127.0.0.1', resolve));
  try {
    const { code, log } = await startFailing({
      role: 'worker',
      logFile: `${dir.path}/worker.log`,
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: inject('temporalAddress'),
        TOCSIN_DEMO_KEY: 'a-key-of-the-demo-source',
        TOCSIN_METRICS_LISTEN: `127.0.0.1:${port}`,
      },
    });
    expect(code).toBe(1);
    expect(log).toContain('EADDRINUSE');
  } finally {
    occupant.close();
  }
}, 40_000);
