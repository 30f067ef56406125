import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { TocsinError } from '../domain/errors.ts';
import type { TocsinConfig } from './config.ts';
import { type ConfigReading, readConfig } from './config-reading.ts';
import { demoConfigText } from './demo.ts';
import { type ListenAddress, parseListen } from './listen.ts';
import { loadConfigText } from './load.ts';
import { type ConfigProblem, formatProblem } from './problem.ts';
import type { Environment } from './substitute.ts';
import { readYamlInThread } from './yaml-in-thread.ts';

export interface ActiveConfig {
  readonly config: TocsinConfig;
  /** Undefined when the demo configuration runs. */
  readonly file: string | undefined;
  readonly warnings: readonly ConfigProblem[];
}

/**
 * Reads the configuration of this process, again and again; `running` is where it listens by then. A process that runs
 * has alerts to take, so its file is parsed in another thread.
 */
export interface ConfigReader {
  /** Undefined when the demo configuration runs. */
  readonly file: string | undefined;
  read(running?: ListenAddress): Promise<ConfigReading>;
}

/**
 * The file that `TOCSIN_CONFIG` names, else `tocsin.yml`, else the demo; `TOCSIN_LISTEN` goes before its `listen`.
 * Which of them it is, is settled here: a file that is gone later is a problem and no reason to run the demo.
 * Throws `invalid_config` for a malformed `TOCSIN_LISTEN`.
 */
export function createConfigReader(env: Environment): ConfigReader {
  const named = env.TOCSIN_CONFIG || 'tocsin.yml';
  const listen = listenFrom(env.TOCSIN_LISTEN);
  const instead = listen === undefined ? {} : { listen };
  if (!env.TOCSIN_CONFIG && !existsSync(named)) {
    return { file: undefined, read: () => readDemo(env, instead) };
  }
  const file = resolve(named);
  return {
    file,
    read: (running) =>
      readConfig(named, env, {
        ...instead,
        ...(running !== undefined && { running, parse: readYamlInThread }),
      }),
  };
}

/** Throws `invalid_config` with every problem, one on each line. */
export async function loadActiveConfig(env: Environment): Promise<ActiveConfig> {
  const reader = createConfigReader(env);
  return { ...usable(await reader.read()), file: reader.file };
}

/** Throws `invalid_config` with every problem of a reading that cannot be used, one on each line. */
export function usable({ result }: ConfigReading): Omit<ActiveConfig, 'file'> {
  if (result.ok) return { config: result.config, warnings: result.warnings };
  throw new TocsinError('invalid_config', { detail: result.problems.map(formatProblem).join('\n') });
}

async function readDemo(
  env: Environment,
  instead: { readonly listen?: ListenAddress },
): Promise<ConfigReading> {
  const readFile = () => Promise.reject(new Error('the demo configuration reads no files'));
  const result = await loadConfigText({ text: demoConfigText, file: 'demo', env, readFile, ...instead });
  return { result, digest: 'demo', files: [] };
}

function listenFrom(text: string | undefined): ListenAddress | undefined {
  if (text === undefined || text === '') return undefined;
  const listen = parseListen(text);
  if (listen !== undefined) return listen;
  throw new TocsinError('invalid_config', {
    path: 'TOCSIN_LISTEN',
    detail: 'TOCSIN_LISTEN must be host:port',
  });
}
