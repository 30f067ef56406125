import { EventEmitter } from 'node:events';
import { type Redis, ReplyError } from 'ioredis';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limits } from '../../domain/limits.ts';
import { createRedisNews } from './redis-news.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A connection that is ready, and refuses each wish to listen so. */
function refusing(error: Error) {
  const asked = { subscribe: 0, disconnect: 0 };
  const messages = Object.assign(new EventEmitter(), {
    status: 'ready',
    subscribe() {
      asked.subscribe += 1;
      return Promise.reject(error);
    },
    disconnect() {
      asked.disconnect += 1;
    },
  });
  const news = createRedisNews({
    commands: messages as unknown as Redis,
    messages: messages as unknown as Redis,
    prefix: 'test',
  });
  return { asked, news };
}

test('a Redis that lets nobody listen is not connected to over and over', async () => {
  const { asked, news } = refusing(new ReplyError('NOPERM No permissions to access a channel'));
  await vi.advanceTimersByTimeAsync(limits.maxRedisPauseMs - 1);
  expect(asked).toEqual({ subscribe: 1, disconnect: 0 });
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toEqual({ subscribe: 2, disconnect: 0 });
  news.close();
  await vi.advanceTimersByTimeAsync(10 * limits.maxRedisPauseMs);
  expect(asked.subscribe).toBe(2);
});

test('a connection that does not answer is replaced', async () => {
  const { asked } = refusing(new Error('Command timed out'));
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toEqual({ subscribe: 1, disconnect: 1 });
});
