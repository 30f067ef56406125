import { dirname, join } from 'node:path';
import type { TocsinConfig } from '../config.ts';
import { type LoadResult, loadConfigText } from '../load.ts';
import { formatProblem } from '../problem.ts';
import type { Environment } from '../substitute.ts';

export interface FixtureOptions {
  readonly env?: Environment;
  /** Content of files by their path beside `tocsin.yml`. */
  readonly files?: Readonly<Record<string, string>>;
}

const file = '/etc/tocsin/tocsin.yml';

export async function load(text: string, { env = {}, files = {} }: FixtureOptions = {}): Promise<LoadResult> {
  const contents = new Map(
    Object.entries(files).map(([name, content]) => [join(dirname(file), name), content]),
  );
  const readFile = async (path: string) => {
    const content = contents.get(path);
    if (content === undefined) throw Object.assign(new Error(`no file ${path}`), { code: 'ENOENT' });
    return content;
  };
  return loadConfigText({ text, file, env, readFile });
}

export async function loadValid(text: string, options?: FixtureOptions): Promise<TocsinConfig> {
  const result = await load(text, options);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

/** Every problem as `line: path: reason`. */
export async function problemsOf(text: string, options?: FixtureOptions): Promise<readonly string[]> {
  const result = await load(text, options);
  const problems = result.ok ? [] : result.problems;
  return problems.map(({ line, path, reason }) => `${line}: ${path}: ${reason}`);
}
