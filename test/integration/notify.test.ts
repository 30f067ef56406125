import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { DeliverDeps } from '../../activities/deliver.ts';
import { noGuard } from '../../activities/delivery-guard.ts';
import { createNotify } from '../../activities/notify.ts';
import type { DeliveryAttempted } from '../../domain/events/delivery-events.ts';
import { deliveryStreamOf } from '../../domain/ids.ts';
import type { NotificationRequest, SendResult } from '../../domain/policy/notification.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { aNotification } from '../support/a-notification.ts';
import { quietTemporal } from '../support/quiet-temporal.ts';
import { createScriptedNotifier } from '../support/scripted-notifier.ts';
import { openTestStore, silent, type TestStore } from '../support/test-store.ts';

const open = new AsyncDisposableStack();
const provider = 'webhook';
const taskQueue = `test-notify-${randomBytes(6).toString('hex')}`;
const notifier = createScriptedNotifier(provider, { isIdempotent: false });
const metrics = createMetrics();
let store: TestStore;
let client: Client;
let openFor = 0;
let onPoint: DeliverDeps['onPoint'];

beforeAll(async () => {
  quietTemporal();
  store = open.use(await openTestStore());
  const writer = await store.openWriter({ kind: 'record', path: 'strict' });
  const address = inject('temporalAddress');
  client = new Client({ connection: open.adopt(await Connection.connect({ address }), (it) => it.close()) });
  const connection = open.adopt(await NativeConnection.connect({ address }), (it) => it.close());
  const notify = createNotify({
    notifierOf: () => notifier,
    writer,
    log: store.log,
    metrics,
    logger: silent,
    now: Date.now,
    random: () => 0,
    guard: { ...noGuard, isOpen: () => openFor-- > 0 },
    onPoint: (point, request) => onPoint?.(point, request),
  });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('../support/send-one.ts', import.meta.url)),
    activities: { notify },
  });
  const running = worker.run();
  open.defer(async () => {
    worker.shutdown();
    await running;
  });
});
afterAll(() => open.disposeAsync());

function send(request: NotificationRequest, budgetMs = 60_000) {
  onPoint = undefined;
  const options = {
    taskQueue,
    startToCloseTimeout: 15_000,
    heartbeatTimeout: 3_000,
    scheduleToCloseTimeout: budgetMs,
    retry: { initialInterval: 50, nonRetryableErrorTypes: ['rejected', 'dead'] },
  };
  return client.workflow.execute('sendOne', { workflowId: request.key, taskQueue, args: [request, options] });
}

function aPage(channel: string, changes: Partial<NotificationRequest> = {}): NotificationRequest {
  return aNotification({ key: randomBytes(32).toString('hex'), channel, provider, ...changes });
}

async function attemptsOf({ key }: NotificationRequest): Promise<[number, string][]> {
  const events = await store.log.readStream(deliveryStreamOf(key));
  return events.map(({ body }) => {
    const { attempt, outcome } = (body as DeliveryAttempted).data;
    return [attempt, outcome];
  });
}

async function failureOf(sending: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await sending.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
  const failure = cause instanceof ActivityFailure ? cause.cause : undefined;
  if (!(failure instanceof ApplicationFailure))
    throw new Error('the activity did not fail', { cause: error });
  return failure;
}

const retry: SendResult = { outcome: 'retry', reason: 'answered 503', status: 503 };
const unknown: SendResult = { outcome: 'unknown', reason: 'the connection broke (ECONNRESET)' };

test('a page is tried again by the engine, and each attempt is counted once', async () => {
  const page = aPage('flaky');
  notifier.answer('flaky', retry, retry);
  expect(await send(page)).toMatchObject({ attempts: 3 });
  expect(await attemptsOf(page)).toEqual([
    [1, 'retry'],
    [2, 'retry'],
    [3, 'delivered'],
  ]);
  expect(notifier.pagesTo('flaky').map(({ mayHaveArrived }) => mayHaveArrived)).toEqual([
    false,
    false,
    false,
  ]);
});

test('a page that is given up says how often it was tried and what became of it at last', async () => {
  const page = aPage('broken');
  notifier.always('broken', unknown);
  const failure = await failureOf(send(page));
  expect(failure).toMatchObject({ type: 'dead', nonRetryable: true, details: [5, 'unknown'] });
  expect(await attemptsOf(page)).toHaveLength(5);
  const { values } = await metrics.deadLetters.get();
  expect(values).toContainEqual(expect.objectContaining({ labels: { provider, reason: 'spent' }, value: 1 }));
});

test('a page that is refused is not tried again', async () => {
  const page = aPage('refused');
  notifier.always('refused', { outcome: 'rejected', reason: 'answered 400', status: 400 });
  const failure = await failureOf(send(page));
  expect(failure).toMatchObject({ type: 'rejected', message: 'answered 400', details: [1, 'rejected'] });
});

test('a run that ends without a word of its attempt makes the next one look first', async () => {
  const page = aPage('crash');
  const sending = send(page);
  let deaths = 0;
  onPoint = (point, { channel }) => {
    if (point !== 'after_answer' || channel !== 'crash' || deaths > 0) return;
    deaths += 1;
    throw new Error('killed');
  };
  expect(await sending).toMatchObject({ attempts: 2 });
  expect(await attemptsOf(page)).toEqual([
    [1, 'unknown'],
    [2, 'delivered'],
  ]);
  expect(notifier.pagesTo('crash').map(({ mayHaveArrived }) => mayHaveArrived)).toEqual([false, true]);
});

test('runs that only wait are no attempts, and leave no doubt', async () => {
  const edit = aPage('edited', { kind: 'update' });
  openFor = 2;
  expect(await send(edit)).toMatchObject({ attempts: 1 });
  expect(openFor).toBeLessThan(0);
  expect(await attemptsOf(edit)).toEqual([[1, 'delivered']]);
});

test('a page whose deadline has passed is not sent', async () => {
  const page = aPage('late', { deadlineAt: new Date(Date.now() - 1_000).toISOString() });
  const failure = await failureOf(send(page));
  expect(failure).toMatchObject({ type: 'dead', details: [0] });
  expect(notifier.pagesTo('late')).toEqual([]);
});

test('a failed undo raises its alarm', async () => {
  const undo = aPage('undone', { kind: 'undo' });
  notifier.always('undone', { outcome: 'rejected', reason: 'answered 403', status: 403 });
  await failureOf(send(undo));
  const { values } = await metrics.undoFailed.get();
  expect(values).toEqual([expect.objectContaining({ labels: { provider }, value: 1 })]);
});
