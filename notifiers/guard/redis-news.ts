import { randomUUID } from 'node:crypto';
import { type Redis, ReplyError } from 'ioredis';
import { limits } from '../../domain/limits.ts';
import type { CircuitNews } from './circuits.ts';

export interface RedisNewsOptions {
  readonly commands: Redis;
  /** A connection of its own: one that listens can do nothing else. */
  readonly messages: Redis;
  readonly prefix: string;
}

/** Longer than the pause between two tries, so that who starts meanwhile learns of it. */
const brokenForMs = 15_000;

/** What one process finds out of an account, all learn. What Redis fails to carry each finds out by itself. */
export function createRedisNews({ commands, messages, prefix }: RedisNewsOptions): CircuitNews & {
  close(): void;
} {
  const channel = `${prefix}:circuits`;
  const self = randomUUID();
  const listeners: Parameters<CircuitNews['onTold']>[0][] = [];
  let isClosed = false;
  let retry: NodeJS.Timeout | undefined;
  const keyOf = ({ provider, account }: { provider: string; account: string }) =>
    `${prefix}:circuit:${provider}/${account}`;

  const subscribe = () => {
    clearTimeout(retry);
    messages.subscribe(channel).catch((error: unknown) => {
      if (isClosed) return;
      // a user who may not listen: a new connection would be refused as well, and again at once
      if (error instanceof ReplyError) retry = setTimeout(subscribe, limits.maxRedisPauseMs).unref();
      else messages.disconnect(true); // and connect again
    });
  };
  messages.on('ready', subscribe);
  if (messages.status === 'ready') subscribe();
  messages.on('message', (_channel: string, message: string) => {
    const told = parseNews(message);
    if (told === undefined || told.from === self) return;
    for (const listener of listeners) listener(told, told.state);
  });

  return {
    tell({ provider, account }, state) {
      const message = JSON.stringify({ provider, account, state, from: self });
      const key = keyOf({ provider, account });
      const keep = state === 'open' ? commands.set(key, '1', 'PX', brokenForMs) : commands.del(key);
      keep.catch(() => {});
      commands.publish(channel, message).catch(() => {});
    },
    isKnownBroken: (account) =>
      commands.exists(keyOf(account)).then(
        (count) => count > 0,
        () => false,
      ),
    onTold: (listener) => void listeners.push(listener),
    close() {
      isClosed = true;
      clearTimeout(retry);
    },
  };
}

interface News {
  readonly provider: string;
  readonly account: string;
  readonly state: 'open' | 'closed';
  readonly from: string;
}

function parseNews(message: string): News | undefined {
  try {
    const { provider, account, state, from } = JSON.parse(message) as Record<string, unknown>;
    if (typeof provider !== 'string' || typeof account !== 'string' || typeof from !== 'string')
      return undefined;
    return state === 'open' || state === 'closed' ? { provider, account, state, from } : undefined;
  } catch {
    return undefined;
  }
}
