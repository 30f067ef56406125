import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface TemporalBinaryOptions {
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const buildTimeoutMs = 30 * 60_000;
const maxBuildOutputChars = 8_192;
const moduleDir = fileURLToPath(new URL('./temporal', import.meta.url));

/** `temporal` on PATH, else the one in the user's cache, else one built from `dev/temporal/go.mod`. */
export async function findTemporalBinary(options: TemporalBinaryOptions): Promise<string> {
  const onPath = findOnPath('temporal', options.env);
  if (onPath !== undefined) return onPath;
  const cached = join(cacheDir(options.env), `temporal-${options.version}`);
  if (isExecutable(cached)) return cached;
  const go = findOnPath('go', options.env);
  if (go === undefined) {
    throw new Error(
      `the temporal dev server ${options.version} is not here: put the temporal cli on PATH ` +
        '(https://temporal.io/setup/install-temporal-cli), or install go, with which tocsin builds it once, ' +
        'or point TEMPORAL_ADDRESS at a server that runs already',
    );
  }
  await build(go, cached, options);
  return cached;
}

/** Builds aside and renames, so that two builds at the same time cannot hurt each other. */
async function build(
  go: string,
  target: string,
  { version, env, print, signal }: TemporalBinaryOptions,
): Promise<void> {
  const startedMs = performance.now();
  print(`building the Temporal dev server ${version} from dev/temporal/go.mod: once, about three minutes`);
  mkdirSync(cacheDir(env), { recursive: true });
  const folder = mkdtempSync(join(cacheDir(env), 'build-'));
  try {
    await runGo(go, { ...env, GOBIN: folder, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' }, signal);
    renameSync(join(folder, 'temporal'), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  print(`built ${target} in ${Math.round((performance.now() - startedMs) / 1_000)} s`);
}

async function runGo(go: string, env: NodeJS.ProcessEnv, signal: AbortSignal | undefined): Promise<void> {
  const child = spawn(go, ['install', '-ldflags', '-s -w', 'tool'], {
    cwd: moduleDir,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: buildTimeoutMs,
    ...(signal !== undefined && { signal }),
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-maxBuildOutputChars);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`go could not build the temporal dev server:\n${output.trim()}`);
}

function cacheDir(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'tocsin');
}

function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
