import { TocsinError } from '../domain/errors.ts';
import { defaultQueuePrefix } from '../domain/incident/task-queues.ts';
import { limits } from '../domain/limits.ts';
import { type ListenAddress, parseListen } from './listen.ts';

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** What the processes take from their environment rather than from `tocsin.yml`. */
export interface Environment {
  readonly databaseUrl: string;
  readonly redisUrl?: string;
  /** Absent: what Temporal's own environment configuration says. */
  readonly temporalAddress?: string;
  readonly temporalNamespace?: string;
  /** Task queues are `<prefix>-sagas` and so on: another prefix lets a second deployment share a namespace. */
  readonly queuePrefix: string;
  /** Bearer token of the command and query API. */
  readonly token?: string;
  readonly logLevel: string;
  /** Where a worker serves `/metrics`; absent: nowhere. */
  readonly metricsListen?: ListenAddress;
  /** Which build of a worker this is: turns Temporal's worker versioning on. */
  readonly workerBuild?: { readonly deploymentName: string; readonly buildId: string };
}

const defaultDeployment = 'tocsin';
/** Temporal joins the two with a dot, so a deployment has none. */
const buildPatterns = { deployment: /^[A-Za-z0-9_-]{1,64}$/, buildId: /^[A-Za-z0-9_.-]{1,64}$/ };
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Throws `invalid_config` with the variable's name as path, never with a value. */
export function readEnvironment(env: EnvironmentVariables): Environment {
  const optional = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const databaseUrl = optional('DATABASE_URL');
  if (databaseUrl === undefined)
    throw refuse('DATABASE_URL', 'is not set; `tocsin up` starts a PostgreSQL of its own');
  const logLevel = optional('TOCSIN_LOG_LEVEL') ?? 'info';
  if (!logLevels.includes(logLevel))
    throw refuse('TOCSIN_LOG_LEVEL', `must be one of ${logLevels.join(', ')}`);
  const queuePrefix = optional('TOCSIN_QUEUE_PREFIX') ?? defaultQueuePrefix;
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(queuePrefix))
    throw refuse('TOCSIN_QUEUE_PREFIX', 'must be 1 to 64 of A-Z a-z 0-9 _ . -');
  const token = optional('TOCSIN_TOKEN');
  if (token !== undefined && token.length < limits.minKeyLength)
    throw refuse('TOCSIN_TOKEN', `must have at least ${limits.minKeyLength} characters`);
  const redisUrl = optional('REDIS_URL');
  const temporalAddress = optional('TEMPORAL_ADDRESS');
  const temporalNamespace = optional('TEMPORAL_NAMESPACE');
  const metricsListen = readListen(optional('TOCSIN_METRICS_LISTEN'));
  const workerBuild = readWorkerBuild(
    optional('TOCSIN_WORKER_BUILD_ID'),
    optional('TOCSIN_WORKER_DEPLOYMENT') ?? defaultDeployment,
  );
  return {
    databaseUrl,
    queuePrefix,
    logLevel,
    ...(redisUrl !== undefined && { redisUrl }),
    ...(temporalAddress !== undefined && { temporalAddress }),
    ...(temporalNamespace !== undefined && { temporalNamespace }),
    ...(token !== undefined && { token }),
    ...(metricsListen !== undefined && { metricsListen }),
    ...(workerBuild !== undefined && { workerBuild }),
  };
}

function readListen(text: string | undefined): ListenAddress | undefined {
  if (text === undefined) return undefined;
  const listen = parseListen(text);
  if (listen === undefined) throw refuse('TOCSIN_METRICS_LISTEN', 'must be host:port');
  return listen;
}

function readWorkerBuild(
  buildId: string | undefined,
  deploymentName: string,
): { deploymentName: string; buildId: string } | undefined {
  if (!buildPatterns.deployment.test(deploymentName))
    throw refuse('TOCSIN_WORKER_DEPLOYMENT', 'must be 1 to 64 of A-Z a-z 0-9 _ -');
  if (buildId === undefined) return undefined;
  if (!buildPatterns.buildId.test(buildId))
    throw refuse('TOCSIN_WORKER_BUILD_ID', 'must be 1 to 64 of A-Z a-z 0-9 _ . -');
  return { deploymentName, buildId };
}

function refuse(name: string, reason: string): TocsinError {
  return new TocsinError('invalid_config', { path: name, detail: `${name} ${reason}` });
}
