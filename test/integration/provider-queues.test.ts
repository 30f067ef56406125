import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import type { NotifyAnswer } from '../../activities/activities.ts';
import { taskQueuesOf } from '../../domain/incident/task-queues.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { workerLimits } from '../../workers/worker-limits.ts';
import { aNotification } from '../support/a-notification.ts';
import { quietTemporal } from '../support/quiet-temporal.ts';

const open = new AsyncDisposableStack();
const queues = taskQueuesOf(`test-${randomBytes(6).toString('hex')}`);
let client: Client;
let hangs: (request: NotificationRequest) => boolean = () => false;
let letGo: () => void = () => undefined;
let letGoAll = new Promise<void>((resolve) => {
  letGo = resolve;
});

/** A provider that answers at once, unless the test says that it hangs. */
async function notify(request: NotificationRequest): Promise<NotifyAnswer> {
  if (hangs(request)) await letGoAll;
  return { providerId: request.key, attempts: 1 };
}

const neverAsked = () => Promise.reject(new Error('it is not part of this test'));

beforeAll(async () => {
  quietTemporal();
  const address = inject('temporalAddress');
  client = new Client({ connection: open.adopt(await Connection.connect({ address }), (it) => it.close()) });
  const connection = open.adopt(await NativeConnection.connect({ address }), (it) => it.close());
  const workers = await createWorkers({
    connection,
    namespace: 'default',
    queues,
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('../support/send-one.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    }),
    activities: {
      notify,
      record: neverAsked,
      recall: neverAsked,
      countFiring: neverAsked,
      resolveStep: neverAsked,
      project: neverAsked,
      archiveBatch: neverAsked,
    },
    providers: ['slack', 'pagerduty'],
  });
  const running = Promise.all(workers.map((worker) => worker.run()));
  open.defer(async () => {
    letGo();
    for (const worker of workers) worker.shutdown();
    await running;
  });
});
afterAll(() => open.disposeAsync());

afterEach(() => {
  letGo();
  letGoAll = new Promise((resolve) => {
    letGo = resolve;
  });
});

async function send(provider: string, kind: NotificationRequest['kind'], taskQueue: string) {
  const request = aNotification({ key: randomBytes(32).toString('hex'), provider, kind });
  const options = { taskQueue, startToCloseTimeout: 30_000 };
  const { key: workflowId } = request;
  return client.workflow.start('sendOne', { workflowId, taskQueue: queues.sagas, args: [request, options] });
}

/** More than any worker takes at once. */
const many = workerLimits.maxConcurrentSends + 10;

async function isRunning(sending: Awaited<ReturnType<typeof send>>): Promise<boolean> {
  return (await sending.describe()).status.name === 'RUNNING';
}

test('a Slack that hangs fills its own workers, while PagerDuty pages on time', async () => {
  hangs = ({ provider }) => provider === 'slack';
  const slack = queues.notify('slack');
  const stuck = await Promise.all(Array.from({ length: many }, () => send('slack', 'page', slack)));
  const page = await send('pagerduty', 'page', queues.notify('pagerduty'));
  await page.result();
  expect(await Promise.all(stuck.map(isRunning))).toEqual(Array(many).fill(true));
});

test('edits that hang keep no page of the same provider waiting', async () => {
  hangs = ({ kind }) => kind === 'update';
  const edits = queues.edits('slack');
  const stuck = await Promise.all(Array.from({ length: many }, () => send('slack', 'update', edits)));
  const page = await send('slack', 'page', queues.notify('slack'));
  await page.result();
  expect(await Promise.all(stuck.map(isRunning))).toEqual(Array(many).fill(true));
});
