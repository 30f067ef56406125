import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SendResult } from '../../domain/policy/notification.ts';
import { createDeliveryGuard, type ProviderGuard } from '../../notifiers/guard/delivery-guard.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { openRedisConnection } from '../../views/cache/redis-connection.ts';
import { openDeliveryGuard } from '../../workers/open-delivery-guard.ts';
import { createDeliveryStage } from '../support/delivery-stage.ts';
import { eventually } from '../support/eventually.ts';
import { type OwnServer, startOwnRedis } from '../support/own-servers.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const slack = { provider: 'slack', account: 'T01' };
const broken: SendResult = { outcome: 'retry', reason: 'answered 503', status: 503 };
const delivered: SendResult = { outcome: 'delivered', providerId: 'm' };
const pace = { key: 'C01', everyMs: 1_000 };
const patient = { maxWaitMs: 60_000, holdMs: 4_000 };

let redis: OwnServer;
let open: AsyncDisposableStack;
beforeEach(async () => {
  open = new AsyncDisposableStack();
  redis = open.use(await startOwnRedis());
});
afterEach(() => open.disposeAsync());

/** As in a worker process of its own. */
async function aWorker(prefix = 'test', url = redis.address): Promise<ProviderGuard> {
  const logger = quietLogger();
  const connect = (purpose: string) =>
    open.adopt(openRedisConnection({ url, purpose, logger }), (it) => it.disconnect());
  const connections = { commands: connect('guard'), messages: connect('circuits') };
  const options = { redis: connections, prefix, logger, metrics: createMetrics(), now: Date.now };
  const guard = open.adopt(createDeliveryGuard(options), (it) => it.close());
  await eventually(() => (connections.commands.status === 'ready' ? true : undefined));
  await eventually(() => (connections.messages.mode === 'subscriber' ? true : undefined));
  return guard;
}

async function breakDown(guard: ProviderGuard): Promise<void> {
  for (let count = 0; count < 5; count += 1) await guard.send(slack, async () => broken);
}

test('what one worker finds broken is open for the other, and so is what it finds whole again', async () => {
  const [one, two] = [await aWorker(), await aWorker()];
  await two.send(slack, async () => delivered);
  await breakDown(one);
  await eventually(() => (two.isOpen(slack) ? true : undefined));
  expect(await two.send(slack, async () => delivered)).toBeUndefined();
  // one of them tries, after its pause
  const recovered: string[] = [];
  two.onRecovered((provider, account) => recovered.push(`${provider}/${account}`));
  await eventually(() => one.send(slack, async () => delivered), 5_000, 100);
  await eventually(() => (recovered.length > 0 ? true : undefined));
  expect(recovered).toEqual(['slack/T01']);
  expect(two.isOpen(slack)).toBe(false);
});

test('a worker that starts later learns what is broken', async () => {
  await breakDown(await aWorker());
  const late = await aWorker();
  late.isOpen(slack);
  await eventually(() => (late.isOpen(slack) ? true : undefined), 1_500);
});

test('another installation on the same Redis learns nothing', async () => {
  const [one, stranger] = [await aWorker('ours'), await aWorker('theirs')];
  await stranger.send(slack, async () => delivered);
  await breakDown(one);
  const late = await aWorker('theirs');
  late.isOpen(slack);
  await one.begin({ key: 'k', attempt: 1 });
  expect(await late.begin({ key: 'k', attempt: 1 })).toBe('first');
  expect([stranger.isOpen(slack), late.isOpen(slack)]).toEqual([false, false]);
});

test('an attempt that anybody began is known to be a repeat, unless it is given back', async () => {
  const [one, two] = [await aWorker(), await aWorker()];
  const attempt = { key: 'k', attempt: 1 };
  expect(await one.begin(attempt)).toBe('first');
  expect(await two.begin(attempt)).toBe('repeat');
  expect(await two.begin({ ...attempt, attempt: 2 })).toBe('first');
  await one.giveBack(attempt);
  expect(await two.begin(attempt)).toBe('first');
});

test('an attempt is no repeat of itself where its answer was lost on the way', async () => {
  const { hostname, port } = new URL(redis.address);
  const proxy = open.use(await startTcpProxy({ host: hostname, port: Number(port) }));
  const worker = await aWorker('test', `redis://127.0.0.1:${proxy.port}`);
  const cut = proxy.cutAfterSending((bytes) => bytes.includes('begun:k:1'));
  // the client connects again, and asks again by itself
  expect(await worker.begin({ key: 'k', attempt: 1 })).toBe('first');
  await cut;
  expect(await (await aWorker()).begin({ key: 'k', attempt: 1 })).toBe('repeat');
});

test('two workers wait in one row, and each keeps its place', async () => {
  const [one, two] = [await aWorker(), await aWorker()];
  const waits = [];
  for (let count = 0; count < 6; count += 1) {
    const place = await (count % 2 === 0 ? one : two).reserve({ pace, key: `${count}`, ...patient });
    waits.push(place.kind === 'place' ? Math.round(place.waitMs / 1_000) : undefined);
  }
  expect(waits).toEqual([0, 1, 2, 3, 4, 5]);
  const before = await one.reserve({ pace, key: '5', ...patient });
  const after = await two.reserve({ pace, key: 'last', ...patient });
  expect(before.kind === 'place' && before.waitMs).toBeLessThanOrEqual(5_000);
  expect(before.kind === 'place' && before.waitMs).toBeGreaterThan(4_000);
  expect(after.kind === 'place' && Math.round(after.waitMs / 1_000)).toBe(6);
  expect(await two.reserve({ pace, key: 'hasty', maxWaitMs: 3_000, holdMs: 4_000 })).toEqual({
    kind: 'full',
  });
});

test('a Redis that dies changes no answer, and is used again', async () => {
  const worker = await aWorker();
  await worker.send(slack, async () => delivered);
  await redis.kill();
  expect(await worker.send(slack, async () => delivered)).toEqual(delivered);
  expect(await worker.begin({ key: 'k', attempt: 1 })).toBe('first');
  await worker.giveBack({ key: 'k', attempt: 1 });
  expect(await worker.reserve({ pace, key: 'a', ...patient })).toEqual({ kind: 'place', waitMs: 0 });
  expect((await worker.reserve({ pace, key: 'b', ...patient })).kind).toBe('place');
  await breakDown(worker);
  expect(worker.isOpen(slack)).toBe(true);
  await redis.restart();
  await eventually(async () => {
    await worker.begin({ key: 'back', attempt: 1 });
    return (await worker.begin({ key: 'back', attempt: 1 })) === 'repeat' ? true : undefined;
  }, 10_000);
});

test('an account that one page finds broken is open for the next, which is given up at once', async () => {
  const guard = await aWorker();
  const traits = { isIdempotent: false };
  const first = createDeliveryStage({ traits, deps: { guard } });
  first.notifier.always('ops', broken);
  expect(await first.runToEnd()).toMatchObject({ why: 'spent', attempts: 5 });
  const second = createDeliveryStage({ traits, deps: { guard }, request: { key: 'another' } });
  expect(await second.run()).toMatchObject({ kind: 'over', why: 'circuit', attempts: 0 });
  expect(second.notifier.sent).toEqual([]);
  // redelivered until the account answers again
  const end = await eventually(
    async () => {
      second.beginAnew();
      const last = await second.run();
      return last.kind === 'delivered' ? last : undefined;
    },
    6_000,
    200,
  );
  expect(end).toMatchObject({ attempts: 1 });
  expect(second.notifier.sent).toMatchObject([{ attempt: 1, mayHaveArrived: false }]);
});

test('a worker that dies over a provider without keys leaves word in Redis', async () => {
  const [one, two] = [await aWorker(), await aWorker()];
  let isDead = false;
  const stage = createDeliveryStage({
    traits: { isIdempotent: false },
    deps: {
      guard: { ...one, begin: (attempt) => (isDead ? two : one).begin(attempt) },
      onPoint(point) {
        if (point !== 'after_answer' || isDead) return;
        isDead = true;
        throw new Error('killed');
      },
    },
  });
  await expect(stage.run({ tell: () => undefined })).rejects.toThrow('killed');
  expect(await stage.run({ progress: { first: 1, begun: 0 } })).toMatchObject({
    kind: 'delivered',
    attempts: 2,
  });
  expect(stage.notifier.sent.map(({ attempt, mayHaveArrived }) => [attempt, mayHaveArrived])).toEqual([
    [1, false],
    [2, true],
  ]);
});

test('as a worker process opens it, it shares what it knows, and closes its connections', async () => {
  const logger = quietLogger();
  const options = {
    redisUrl: redis.address,
    prefix: 'test',
    logger,
    metrics: createMetrics(),
    now: Date.now,
  };
  const opened = openDeliveryGuard(options);
  await (await aWorker()).begin({ key: 'shared', attempt: 1 });
  await eventually(async () =>
    (await opened.begin({ key: 'shared', attempt: 1 })) === 'repeat' ? true : undefined,
  );
  opened.close();
  expect(await opened.begin({ key: 'shared', attempt: 1 })).toBe('first');
});

test('a Redis that hangs costs a tenth of a second each time and nothing else', async () => {
  const worker = await aWorker();
  redis.freeze();
  try {
    const startedMs = performance.now();
    expect(await worker.begin({ key: 'k', attempt: 1 })).toBe('first');
    expect((await worker.reserve({ pace, key: 'a', ...patient })).kind).toBe('place');
    expect(await worker.send(slack, async () => delivered)).toEqual(delivered);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  } finally {
    redis.thaw();
  }
});
