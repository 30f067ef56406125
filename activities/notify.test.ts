import { ApplicationFailure, asyncLocalStorage, CancelledFailure, type Context } from '@temporalio/activity';
import { expect, test } from 'vitest';
import { createMetrics } from '../telemetry/metrics.ts';
import { aNotification } from '../test/support/a-notification.ts';
import { quietLogger } from '../test/support/quiet-logger.ts';
import { createScriptedNotifier } from '../test/support/scripted-notifier.ts';
import type { Progress } from './attempts-so-far.ts';
import { createNotify, type NotifyDeps } from './notify.ts';

const away = () => Promise.reject(new Error('the store is away'));
const request = aNotification({ provider: 'webhook' });

interface Run {
  readonly attempt?: number;
  readonly heartbeatDetails?: Progress;
  readonly cancelled?: Promise<never>;
  readonly deps?: Partial<NotifyDeps>;
}

/** One run of the activity, which must fail, and what it told the engine last. */
async function failingRun({ attempt = 1, heartbeatDetails, cancelled, deps }: Run) {
  const told: unknown[] = [];
  const nowMs = Date.now();
  const context = {
    info: {
      attempt,
      heartbeatDetails,
      startToCloseTimeoutMs: 15_000,
      scheduledTimestampMs: nowMs,
      currentAttemptScheduledTimestampMs: nowMs,
      scheduleToCloseTimeoutMs: 60_000,
    },
    heartbeat: (details: unknown) => void told.push(details),
    cancelled: cancelled ?? new Promise<never>(() => undefined),
    sleep: () => Promise.resolve(),
  };
  const notifier = createScriptedNotifier('webhook');
  const notify = createNotify({
    notifierOf: () => notifier,
    writer: { append: away },
    log: { readStream: async () => [] },
    metrics: createMetrics(),
    logger: quietLogger(),
    now: Date.now,
    random: () => 0,
    ...deps,
  });
  notifier.always('ops', { outcome: 'unknown', reason: 'the connection broke' });
  const failure = await asyncLocalStorage
    .run(context as unknown as Context, () => notify(request))
    .catch((error: unknown) => error);
  return { failure, told: told.at(-1), sent: notifier.sent };
}

test('a page whose record fails may have arrived', async () => {
  const { failure, told } = await failingRun({});
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: 'unknown', details: [1, 'unknown'], message: 'the store is away' });
  expect(told).toEqual({ first: 1, begun: 1 });
});

test.each([
  ['that has begun one', 2, { first: 1, begun: 1 }],
  ['that left no word', 2, undefined],
])('so may one of a run %s, while nobody can read what became of it', async (_name, attempt, details) => {
  const deps = { log: { readStream: away } };
  const { failure } = await failingRun({ attempt, deps, ...(details && { heartbeatDetails: details }) });
  expect(failure).toMatchObject({ type: 'unknown', details: [expect.any(Number), 'unknown'] });
});

test.each([
  ['of which nothing was begun', 1, undefined],
  ['that only waited', 9, { first: 6, begun: 5 }],
])('a page %s has not', async (_name, attempt, details) => {
  const deps = { log: { readStream: away } };
  const { failure } = await failingRun({ attempt, deps, ...(details && { heartbeatDetails: details }) });
  expect(failure).not.toBeInstanceOf(ApplicationFailure);
});

test('a page that is withdrawn before it is sent is not sent, and is no failure', async () => {
  const cancelled = Promise.reject<never>(new CancelledFailure('CANCELLED'));
  const { failure, sent } = await failingRun({ cancelled });
  expect(failure).toBeInstanceOf(CancelledFailure);
  expect(sent).toEqual([]);
});
