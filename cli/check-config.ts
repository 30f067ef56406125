import type { TocsinConfig } from '../config/config.ts';
import { loadConfigFile } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';

/** Prints every problem as `file:line:col: reason`; the exit code is 1 when the file cannot be used. */
export async function checkConfig(file: string, env: NodeJS.ProcessEnv): Promise<number> {
  const result = await loadConfigFile(file, env, { lintAtMs: Date.now() });
  if (!result.ok) {
    for (const problem of result.problems) console.error(formatProblem(problem));
    return 1;
  }
  for (const warning of result.warnings) console.error(`${formatProblem(warning)} (warning)`);
  console.log(`${file}: ok: ${summarise(result.config)}`);
  return 0;
}

function summarise({ sources, router, policies, channels }: TocsinConfig): string {
  return [
    count(sources.length, 'source', 'sources'),
    count(router.routes.length, 'route', 'routes'),
    count(policies.size, 'policy', 'policies'),
    count(channels.size, 'channel', 'channels'),
  ].join(', ');
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
