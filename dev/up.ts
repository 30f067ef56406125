import { relative } from 'node:path';
import { type ActiveConfig, loadActiveConfig } from '../config/active-config.ts';
import { formatListen, type ListenAddress } from '../config/listen.ts';
import { formatProblem } from '../config/problem.ts';
import { type DataDir, openDataDir, type StackProcess } from './data-dir.ts';
import { demoGuide } from './demo-guide.ts';
import { freePort } from './free-port.ts';
import { waitForHttp } from './http-ready.ts';
import { localUrl } from './local-url.ts';
import { takeLockFile } from './lock-file.ts';
import { followLog, rotateLog } from './log-file.ts';
import { stopOrphans } from './orphans.ts';
import { readOrMakeSecret } from './secret-file.ts';
import { describeStack, possibleOrphans } from './stack.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';
import { describeEvent, isPageLine, printable, row } from './terminal.ts';

export interface UpOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
}

const readyTimeoutMs = 60_000;
const workerMetricsPort = 9464;
const processNames: readonly StackProcess[] = ['postgres', 'temporal', 'worker', 'server'];

/** Runs the whole stack on this machine until SIGINT, SIGTERM or SIGHUP; a second signal kills what is left. */
export async function runUp({ env, print }: UpOptions): Promise<void> {
  const dataDir = openDataDir(env.TOCSIN_DATA_DIR || '.tocsin');
  const lock = takeLockFile(dataDir.lock, `tocsin runs already on ${dataDir.root}`);
  try {
    const secrets = readSecrets(dataDir, env);
    const { config, file, warnings } = await loadActiveConfig({ ...env, TOCSIN_DEMO_KEY: secrets.demoKey });
    for (const warning of warnings) print(formatProblem(warning));
    await stopOrphans({ orphans: possibleOrphans(dataDir), report: print });
    // Only now: a server of an earlier run may have held the port.
    const listen = { ...config.listen, port: await freePort(config.listen.port, config.listen.host) };
    const metricsListen = { host: '127.0.0.1', port: await freePort(workerMetricsPort, '127.0.0.1') };
    await runStack({ env, print, dataDir, file, listen, metricsListen, secrets });
  } finally {
    lock.release();
  }
}

interface Secrets {
  readonly token: string;
  readonly demoKey: string;
  readonly isNewToken: boolean;
}

function readSecrets(dataDir: DataDir, env: NodeJS.ProcessEnv): Secrets {
  const token = env.TOCSIN_TOKEN
    ? { secret: env.TOCSIN_TOKEN, isNew: false }
    : readOrMakeSecret(dataDir.token, 'tocsin_');
  const demoKey = env.TOCSIN_DEMO_KEY || readOrMakeSecret(dataDir.demoKey, 'demo_').secret;
  return { token: token.secret, demoKey, isNewToken: token.isNew };
}

interface RunOptions extends UpOptions {
  readonly dataDir: DataDir;
  /** Undefined when the demo configuration runs. */
  readonly file: ActiveConfig['file'];
  readonly listen: ListenAddress;
  readonly metricsListen: ListenAddress;
  readonly secrets: Secrets;
}

async function runStack(options: RunOptions): Promise<void> {
  const { print, dataDir } = options;
  const logs = processNames.map((name) => openLog(name, options));
  const supervisor = createStackSupervisor(options);
  const { signal, detach } = stopOnSignals(supervisor, print);
  try {
    print(row('tocsin', `keeps its state in ${dataDir.root}`));
    await supervisor.start();
    await announce(options, signal);
    await aborted(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await supervisor.stop();
    for (const log of logs) log.close();
    detach();
  }
}

function openLog(name: StackProcess, { dataDir, print }: RunOptions) {
  rotateLog(dataDir.logFile(name));
  return followLog({
    file: dataDir.logFile(name),
    onLine: (line) => {
      if (name === 'worker' && isPageLine(line)) print(printable(line));
    },
  });
}

function createStackSupervisor({
  env,
  print,
  dataDir,
  file,
  listen,
  metricsListen,
  secrets,
}: RunOptions): Supervisor {
  const processes = describeStack({
    dataDir,
    print,
    env: {
      ...env,
      TOCSIN_LISTEN: formatListen(listen),
      TOCSIN_METRICS_LISTEN: env.TOCSIN_METRICS_LISTEN || formatListen(metricsListen),
      TOCSIN_TOKEN: secrets.token,
      ...(file !== undefined && { TOCSIN_CONFIG: file }),
      TOCSIN_DEMO_KEY: secrets.demoKey,
    },
    onPostgres: ({ port, majorVersion }) =>
      print(row('postgres', `${majorVersion} at 127.0.0.1:${port}, database tocsin`)),
    onTemporal: ({ address, uiUrl }) => {
      print(row('temporal', address));
      if (uiUrl !== undefined) print(row('web ui', uiUrl));
    },
  });
  return createSupervisor({
    processes,
    report: (event) => {
      const line = describeEvent(event);
      if (line !== undefined) print(line);
    },
  });
}

/** One line for the API when it is ready, and what to do next. */
async function announce(
  { print, dataDir, file, listen, metricsListen, secrets, env }: RunOptions,
  signal: AbortSignal,
): Promise<void> {
  const apiUrl = localUrl(listen);
  const reason = await waitForHttp({ url: `${apiUrl}/readyz`, timeoutMs: readyTimeoutMs, signal });
  if (signal.aborted) return;
  if (reason !== undefined) {
    print(
      row(
        'http api',
        `is not ready after ${readyTimeoutMs / 1_000} s (${printable(reason)}); it goes on trying`,
      ),
    );
    print(row('logs', dataDir.logFile('server')));
    return;
  }
  print(row('worker', `ready, metrics at ${localUrl(metricsListen)}/metrics`));
  print(row('http api', apiUrl));
  const tokenFile = relative(process.cwd(), dataDir.token);
  if (secrets.isNewToken) print(row('token', `${secrets.token} (shown once; kept in ${tokenFile})`));
  if (file !== undefined) return;
  print(row('source', `${apiUrl}/v1/sources/${secrets.demoKey}`));
  const tokenExpression = env.TOCSIN_TOKEN ? '$TOCSIN_TOKEN' : `$(cat ${tokenFile})`;
  for (const line of demoGuide({ apiUrl, demoKey: secrets.demoKey, tokenExpression })) print(line);
}

function stopOnSignals(supervisor: Supervisor, print: (line: string) => void) {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = () => {
    if (controller.signal.aborted) {
      supervisor.kill();
      return;
    }
    print('stopping; once more kills');
    controller.abort();
    void supervisor.stop().catch(() => {}); // runStack awaits the same promise and throws its error
  };
  for (const name of signals) process.on(name, onSignal);
  const detach = () => {
    for (const name of signals) process.off(name, onSignal);
  };
  return { signal: controller.signal, detach };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    // The supervisor's children hold the process; this promise only says when to go on.
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
