import { Connection } from '@temporalio/client';
import { type Child, startChild } from './child.ts';
import { freePort } from './free-port.ts';
import { waitUntilReady } from './ready.ts';
import { findTemporalBinary } from './temporal-binary.ts';
import { readTemporalSettings, type TemporalSettings, temporalFlags } from './temporal-settings.ts';

export interface TemporalOptions {
  readonly logFile: string;
  /** Keeps workflows over restarts; without it they are in memory. */
  readonly databaseFile?: string;
  /** No Web UI, and no wish for the declared ports: for tests. */
  readonly headless?: boolean;
  /** The ports of an earlier start, without which this one fails: clients know the address already. */
  readonly exactPorts?: TemporalPorts;
  readonly env: NodeJS.ProcessEnv;
  readonly print?: (line: string) => void;
  readonly readyTimeoutMs?: number;
  readonly pidFile?: string;
  readonly signal?: AbortSignal;
}

export interface TemporalPorts {
  readonly grpcPort: number;
  readonly metricsPort: number;
  readonly uiPort?: number;
}

export interface RunningTemporal extends Child {
  readonly address: string;
  readonly namespace: string;
  readonly ports: TemporalPorts;
  /** Undefined when headless. */
  readonly uiUrl: string | undefined;
}

const probeTimeoutMs = 2_000;

/** Starts the dev server that `temporal-dev.yml` declares; ready means namespace and search attributes are there. */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const settings = readTemporalSettings();
  const print = options.print ?? (() => {});
  const command = await findTemporalBinary({
    version: settings.version,
    env: options.env,
    print,
    signal: options.signal,
  });
  const ports = options.exactPorts ?? (await choosePorts(settings, options.headless === true));
  const child = await startChild({
    name: 'temporal',
    command,
    args: temporalFlags(settings, {
      ...ports,
      ...(options.databaseFile !== undefined && { databaseFile: options.databaseFile }),
    }),
    logFile: options.logFile,
    env: withoutTemporalVariables(options.env),
    ...(options.pidFile !== undefined && { pidFile: options.pidFile }),
  });
  const address = `${settings.ip}:${ports.grpcPort}`;
  await waitUntilReady(child, () => probeTemporal(address, settings), {
    timeoutMs: options.readyTimeoutMs ?? 60_000,
    signal: options.signal,
  });
  return {
    ...child,
    address,
    namespace: settings.namespace,
    ports,
    uiUrl: ports.uiPort === undefined ? undefined : `http://${settings.ip}:${ports.uiPort}`,
  };
}

async function choosePorts(settings: TemporalSettings, headless: boolean): Promise<TemporalPorts> {
  if (headless) return { grpcPort: await freePort(), metricsPort: await freePort() };
  const { grpc, ui, metrics } = settings.ports;
  return { grpcPort: await freePort(grpc), metricsPort: await freePort(metrics), uiPort: await freePort(ui) };
}

/** The CLI reads TEMPORAL_* as settings of a client, which the server that it starts must not inherit. */
function withoutTemporalVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

/** Resolves when the server answers and knows the namespace and every declared search attribute. */
export async function probeTemporal(address: string, settings: TemporalSettings): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: probeTimeoutMs });
  try {
    await connection.withDeadline(Date.now() + probeTimeoutMs, async () => {
      const { namespace } = settings;
      await connection.workflowService.describeNamespace({ namespace });
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      const missing = Object.keys(settings.search_attributes).filter(
        (name) => !Object.hasOwn(customAttributes, name),
      );
      if (missing.length > 0) throw new Error(`search attributes are missing: ${missing.join(', ')}`);
    });
  } finally {
    await connection.close();
  }
}
