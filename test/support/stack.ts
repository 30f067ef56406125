import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { freePort } from '../../dev/free-port.ts';
import { waitForHttp } from '../../dev/http-ready.ts';
import type { SentAlert } from './alertmanager-body.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { createFakeSlack } from './fake-slack.ts';
import { createFakeWebhook } from './fake-webhook.ts';
import { createIncidentApi, type IncidentApi } from './incident-api.ts';
import { createScratchDir } from './scratch-dir.ts';
import { channelKinds, configTextOf, type StackPlan, slackChannelOf } from './stack-plan.ts';
import { createTocsinProcess, type TocsinProcess } from './tocsin-process.ts';
import { createWire, type Wire } from './wire.ts';

export interface StackOptions {
  readonly plan: StackPlan;
  /** Default: the servers of the run. */
  readonly temporalAddress?: string;
  readonly postgresUrl?: string;
  /** Default: none, which is how most of tocsin has to work. */
  readonly redisUrl?: string;
}

/** Secrets that must be seen nowhere but where they belong. */
export interface Canaries {
  readonly sourceKey: string;
  readonly token: string;
  readonly webhookSecret: string;
  readonly slackToken: string;
  readonly slackSigningSecret: string;
}

/** What the faults so far excuse in the ledger; without faults, nothing. */
export interface Excuses {
  /** Requests of which no attempt was recorded: at most one for each process that was killed while it sent. */
  extraHits: number;
  /** Lines of level error that the faults explain. */
  readonly logLines: RegExp[];
}

/** tocsin as real processes over a database of its own, with fake providers in this process. */
export interface Stack {
  readonly suffix: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly queuePrefix: string;
  readonly canaries: Canaries;
  readonly wire: Wire;
  /** Every alert that a server has answered 202 for. */
  readonly acknowledged: SentAlert[];
  readonly excused: Excuses;
  readonly api: IncidentApi;
  readonly server: TocsinProcess;
  /** The first; where a run asks for more there are others beside it. */
  readonly worker: TocsinProcess;
  /** Of the first server, which keeps its port over restarts. */
  readonly url: string;
  /** Makes another server, which does not run yet. */
  addServer(): Promise<{ readonly server: TocsinProcess; readonly url: string }>;
  /** Asks another server from now on. */
  useServer(url: string): void;
  /** Takes effect with the next start of a process. */
  reconfigure(plan: StackPlan): void;
  /** Until `/readyz` says so. */
  ready(url?: string): Promise<void>;
  readonly processes: readonly TocsinProcess[];
  logs(): string;
  /** Orderly, with every exit code. */
  stop(): Promise<(number | null)[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

const readyTimeoutMs = 60_000;
/** Of each stack: what happens must not depend on it (`npm run test:workers`). */
const workerCount = Number(process.env.TOCSIN_TEST_WORKERS ?? '1');

/** Starts database, providers, server and worker, and waits until they are ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const stack = await makeStack(options);
  try {
    await Promise.all(stack.processes.map((each) => each.start()));
    await stack.ready();
    return stack;
  } catch (error) {
    const logs = stack.logs();
    await stack[Symbol.asyncDispose]();
    throw new Error(`the stack did not start; its logs:\n${logs.slice(-8_000)}`, { cause: error });
  }
}

async function makeStack(options: StackOptions): Promise<Stack> {
  const suffix = randomBytes(4).toString('hex');
  const canaries = makeCanaries();
  const dir = createScratchDir();
  const database = await createTestDatabase(options.postgresUrl ?? inject('postgresUrl'));
  const wire = await openWire(options.plan, canaries);
  const configFile = join(dir.path, 'tocsin.yml');
  const reconfigure = (plan: StackPlan): void => {
    const place = { webhookUrl: wire.webhook.url, slackUrl: wire.slack.apiUrl, ...canaries };
    writeFileSync(configFile, configTextOf(plan, { ...place, suffix }), { mode: 0o600 });
  };
  reconfigure(options.plan);

  const temporalAddress = options.temporalAddress ?? inject('temporalAddress');
  const queuePrefix = `test-${suffix}`;
  const env = {
    ...environmentOf({ database, canaries, temporalAddress, queuePrefix, configFile }),
    ...(options.redisUrl !== undefined && { REDIS_URL: options.redisUrl }),
  };
  const processes: TocsinProcess[] = [];
  const addProcess = (role: 'server' | 'worker', more: NodeJS.ProcessEnv): TocsinProcess => {
    const logFile = join(dir.path, `${role}-${processes.length}.log`);
    const added = createTocsinProcess({ role, logFile, env: { ...env, ...more } });
    processes.push(added);
    return added;
  };
  const addServer = async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    return { server: addProcess('server', { TOCSIN_LISTEN: listen }), url: `http://${listen}` };
  };
  const { server, url } = await addServer();
  const worker = addProcess('worker', {});
  for (let more = 1; more < workerCount; more += 1) addProcess('worker', {});
  let askedUrl = url;
  const stop = async () => {
    const exits = await Promise.all(processes.map((each) => each.stop()));
    return exits.flatMap((exit) => (exit === undefined ? [] : [exit.code]));
  };
  return {
    suffix,
    databaseUrl: database.url,
    temporalAddress,
    queuePrefix,
    canaries,
    wire,
    acknowledged: [],
    excused: { extraHits: 0, logLines: [] },
    api: createIncidentApi(() => askedUrl, canaries.token),
    server,
    worker,
    url,
    addServer,
    useServer(other) {
      askedUrl = other;
    },
    reconfigure,
    ready: (of = url) => untilReady(of),
    processes,
    logs: () => processes.map(({ logFile }) => readLog(logFile)).join('\n'),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await wire.close();
      await database[Symbol.asyncDispose]();
      dir[Symbol.dispose]();
    },
  };
}

function makeCanaries(): Canaries {
  const canary = () => `canary${randomBytes(24).toString('hex')}`;
  return {
    sourceKey: canary(),
    token: canary(),
    webhookSecret: canary(),
    slackToken: `xoxb-${canary()}`,
    slackSigningSecret: canary(),
  };
}

async function openWire(plan: StackPlan, { webhookSecret, slackToken }: Canaries): Promise<Wire> {
  const kinds = [...channelKinds(plan)];
  const slackNames = kinds.filter(([, kind]) => kind === 'slack').map(([name]) => name);
  const webhook = await createFakeWebhook({ secret: webhookSecret });
  const slack = await createFakeSlack({ token: slackToken, channels: slackNames.map(slackChannelOf) });
  return createWire(webhook, slack, slackNames);
}

interface EnvironmentOptions {
  readonly database: TestDatabase;
  readonly canaries: Canaries;
  readonly temporalAddress: string;
  readonly queuePrefix: string;
  readonly configFile: string;
}

/** Nothing of the machine's own settings but where programs are. */
function environmentOf(options: EnvironmentOptions): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    ...(PATH !== undefined && { PATH }),
    ...(HOME !== undefined && { HOME }),
    ...(TMPDIR !== undefined && { TMPDIR }),
    DATABASE_URL: options.database.url,
    TEMPORAL_ADDRESS: options.temporalAddress,
    TEMPORAL_NAMESPACE: 'default',
    TOCSIN_QUEUE_PREFIX: options.queuePrefix,
    TOCSIN_CONFIG: options.configFile,
    TOCSIN_TOKEN: options.canaries.token,
  };
}

async function untilReady(url: string): Promise<void> {
  const signal = AbortSignal.timeout(readyTimeoutMs);
  const reason = await waitForHttp({ url: `${url}/readyz`, timeoutMs: readyTimeoutMs, signal });
  if (reason !== undefined) throw new Error(`not ready: ${reason}`);
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // the process has not started yet
  }
}
