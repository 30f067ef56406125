import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { TocsinError } from '../domain/errors.ts';
import type { TocsinConfig } from './config.ts';
import { demoConfigText } from './demo.ts';
import { type ListenAddress, parseListen } from './listen.ts';
import { type LoadResult, loadConfigFile, loadConfigText } from './load.ts';
import { type ConfigProblem, formatProblem } from './problem.ts';
import type { Environment } from './substitute.ts';

export interface ActiveConfig {
  readonly config: TocsinConfig;
  /** Undefined when the demo configuration runs. */
  readonly file: string | undefined;
  readonly warnings: readonly ConfigProblem[];
}

/**
 * The file that `TOCSIN_CONFIG` names, else `tocsin.yml`, else the demo; `TOCSIN_LISTEN` goes before its `listen`.
 * Throws `invalid_config` with every problem, one on each line.
 */
export async function loadActiveConfig(env: Environment): Promise<ActiveConfig> {
  const named = env.TOCSIN_CONFIG || 'tocsin.yml';
  const isDemo = !env.TOCSIN_CONFIG && !existsSync(named);
  const loaded = await load(named, isDemo, env);
  if (!loaded.ok)
    throw new TocsinError('invalid_config', { detail: loaded.problems.map(formatProblem).join('\n') });
  return { config: loaded.config, warnings: loaded.warnings, file: isDemo ? undefined : resolve(named) };
}

function load(file: string, isDemo: boolean, env: Environment): Promise<LoadResult> {
  const listen = listenFrom(env.TOCSIN_LISTEN);
  const instead = listen === undefined ? {} : { listen };
  if (!isDemo) return loadConfigFile(file, env, instead);
  const readFile = () => Promise.reject(new Error('the demo configuration reads no files'));
  return loadConfigText({ text: demoConfigText, file: 'demo', env, readFile, ...instead });
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
