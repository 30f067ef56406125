import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { loadConfigFile } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import { createQuietWorld } from '../domain/suppression/world.ts';
import { createRouteExplainer, type RouteTestAnswer } from '../ingest/route-explainer.ts';
import type { RouteTestOptions } from './route-test-options.ts';
import { routeTestText } from './route-test-text.ts';

/** An answer of a server on the same network takes milliseconds. */
const answerTimeoutMs = 10_000;

/**
 * Prints what would become of an alert, under a configuration file or as a running server sees it. The exit code is 1
 * when there is nothing to explain. Throws an Error with the reason when the payload cannot be read or the server
 * does not answer.
 */
export async function testRoute(options: RouteTestOptions, env: NodeJS.ProcessEnv): Promise<number> {
  const payload = options.file === undefined ? undefined : await readPayload(options.file);
  const answer =
    options.server === undefined
      ? await explainHere(options, payload, env)
      : await askServer(options.server, toBody(options, payload), env.TOCSIN_TOKEN);
  if (answer === undefined) return 1;
  console.log(options.output === 'json' ? JSON.stringify(answer, null, 2) : routeTestText(answer));
  return answer.alerts.length > 0 ? 0 : 1;
}

async function readPayload(file: string): Promise<unknown> {
  const content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  return JSON.parse(content);
}

/** A file knows no silences and no other alerts: what they would quiet does not show. */
async function explainHere(
  { source, labels, at, config: named }: RouteTestOptions,
  payload: unknown,
  env: NodeJS.ProcessEnv,
): Promise<RouteTestAnswer | undefined> {
  const loaded = await loadConfigFile(named ?? (env.TOCSIN_CONFIG || 'tocsin.yml'), env);
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(formatProblem(problem));
    return undefined;
  }
  const { config } = loaded;
  const tenant = config.sources.find(({ name }) => name === source)?.tenant ?? 'default';
  const explainer = createRouteExplainer({ config: () => config, world: createQuietWorld(), now: Date.now });
  return explainer.explain({
    tenant,
    ...(source !== undefined && { source }),
    ...(labels !== undefined && { labels }),
    ...(payload !== undefined && { payload }),
    ...(at !== undefined && { atMs: Date.parse(at) }),
  });
}

function toBody({ source, labels, at }: RouteTestOptions, payload: unknown): object {
  return { source, labels, payload, at: at && new Date(at).toISOString() };
}

async function askServer(server: string, body: object, token: string | undefined): Promise<RouteTestAnswer> {
  if (!token) throw new Error('TOCSIN_TOKEN is not set');
  const response = await fetch(`${server.replace(/\/+$/, '')}/v1/routes/test`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(refusalOf(response.status, answer));
  // the server's own answer, as its OpenAPI document describes it
  return answer as RouteTestAnswer;
}

function refusalOf(status: number, answer: unknown): string {
  const { detail, title, path } = (answer ?? {}) as { detail?: unknown; title?: unknown; path?: unknown };
  const reason = typeof detail === 'string' ? detail : typeof title === 'string' ? title : 'no reason given';
  return `the server answers ${status}: ${typeof path === 'string' ? `${path} ` : ''}${reason}`;
}
