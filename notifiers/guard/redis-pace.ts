import type { Redis } from 'ioredis';
import type { Pace, PaceRequest } from './local-pace.ts';

/**
 * The same as the local pace, for all processes and by the clock of Redis. KEYS: when the next place is free, the place
 * that is kept for who asks. ARGV: apart, longest wait, and hold, in milliseconds. Answers the wait, or -1 when it is full.
 */
const reserveScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local apart, longest, hold = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local at = tonumber(redis.call('GET', KEYS[2]) or '')
if not at or at + apart <= now then
  at = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
  if at - now > longest then return -1 end
  redis.call('SET', KEYS[1], at + apart, 'PX', at - now + apart + 1000)
elseif at - now > longest then
  return -1
end
local wait = math.max(0, at - now)
if wait > hold then
  redis.call('SET', KEYS[2], at, 'PX', wait + apart + 60000)
else
  redis.call('DEL', KEYS[2])
end
return wait
`;

/** One row for all processes while Redis answers, otherwise one in each. */
export function createRedisPace(commands: Redis, prefix: string, alone: Pace): Pace {
  return async (request) => {
    const waitMs = await ask(commands, prefix, request);
    if (waitMs === undefined) return alone(request);
    return waitMs < 0 ? { kind: 'full' } : { kind: 'place', waitMs };
  };
}

async function ask(commands: Redis, prefix: string, request: PaceRequest): Promise<number | undefined> {
  const { pace, key, maxWaitMs, holdMs } = request;
  // the braces keep both keys on one node of a cluster
  const row = `${prefix}:pace:{${pace.key}}`;
  const times = [pace.everyMs, maxWaitMs, holdMs].map((ms) => Math.ceil(Math.min(ms, 1e12)));
  try {
    const answer = await commands.eval(reserveScript, 2, `${row}:free`, `${row}:place:${key}`, ...times);
    return typeof answer === 'number' ? answer : undefined;
  } catch {
    return undefined;
  }
}
