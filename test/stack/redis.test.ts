import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../../dev/free-port.ts';
import { findRedisServer, startRedis } from '../../dev/redis.ts';
import { createScratchDir } from '../support/scratch-dir.ts';

test.skipIf(findRedisServer() === undefined)(
  'redis takes another port where the wished one is taken',
  async () => {
    using dir = createScratchDir();
    const port = await freePort();
    const occupant = createServer().listen(port, '127.0.0.1');
    try {
      const redis = await startRedis({ dir: dir.path, logFile: join(dir.path, 'redis.log'), port });
      expect(redis.port).not.toBe(port);
      expect(await redis.stop()).toEqual({ code: 0, signal: null });
    } finally {
      occupant.close();
    }
  },
);
