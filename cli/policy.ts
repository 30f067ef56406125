import type { TocsinConfig } from '../config/config.ts';
import { diffPolicies } from '../config/diff-policy.ts';
import { loadConfigFile } from '../config/load.ts';
import {
  createPolicyDesk,
  type PolicyDesk,
  type PolicyInForce,
  type Simulation,
} from '../config/policy-desk.ts';
import { formatProblem } from '../config/problem.ts';
import { localToken } from '../dev/local-database.ts';
import { errorCodeOf } from '../domain/errors.ts';
import type { PolicyOptions, SimulateOptions } from './policy-options.ts';
import { diffText, policyListText, policyText, simulationText } from './policy-text.ts';

type Env = NodeJS.ProcessEnv;

/** Answers about policies: of a configuration file, or of a running server, which knows overrides of schedules too. */
interface PolicyBook {
  list(): Promise<readonly PolicyInForce[]>;
  /** Undefined when there is no such policy. */
  get(name: string): Promise<PolicyInForce | undefined>;
  simulate(name: string, options: SimulateOptions): Promise<Simulation | undefined>;
}

/** An answer of a server on the same network takes milliseconds; a simulation of a thousand rounds some hundred. */
const answerTimeoutMs = 30_000;

/**
 * Prints what is asked for. The exit code is 1 when a configuration cannot be used or there is no such policy. Throws
 * an Error with the reason when the server does not answer.
 */
export async function runPolicy(options: PolicyOptions, env: Env): Promise<number> {
  const book = options.server === undefined ? await openFile(options.config, env) : askServer(options, env);
  if (book === undefined) return 1;
  const isJson = options.output === 'json';
  const print = (answer: object, text: string) =>
    void console.log(isJson ? JSON.stringify(answer, null, 2) : text);
  switch (options.verb) {
    case 'list': {
      const items = await book.list();
      print({ items }, policyListText(items));
      return 0;
    }
    case 'show': {
      const policy = await book.get(options.name);
      if (policy === undefined) return tellUnknown(options.name);
      print(policy, policyText(policy));
      return 0;
    }
    case 'simulate': {
      const answer = await book.simulate(options.name, options);
      if (answer === undefined) return tellUnknown(options.name);
      print(answer, simulationText(answer));
      return 0;
    }
    case 'diff': {
      const newer = await openFile(options.from, env);
      if (newer === undefined) return 1;
      const [before, after] = [await book.get(options.name), await newer.get(options.name)];
      if (before === undefined && after === undefined) return tellUnknown(options.name);
      const diff = diffPolicies(options.name, before, after);
      print(diff, diffText(diff));
      return 0;
    }
  }
}

function tellUnknown(name: string): number {
  console.error(`tocsin: there is no policy of the name ${JSON.stringify(name)}`);
  return 1;
}

/** Undefined after telling what is wrong with the file. */
async function openFile(named: string | undefined, env: Env): Promise<PolicyBook | undefined> {
  const loaded = await loadConfigFile(named ?? (env.TOCSIN_CONFIG || 'tocsin.yml'), env);
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(formatProblem(problem));
    return undefined;
  }
  return fileBook(loaded.config);
}

function fileBook(config: TocsinConfig): PolicyBook {
  const desk = createPolicyDesk({ config: () => config, now: Date.now });
  return {
    list: async () => desk.list(),
    get: (name) => ifKnown(async () => desk.get(name)),
    simulate: (name, options) => ifKnown(() => desk.simulate(name, toRequest(options))),
  };
}

function toRequest({
  at,
  until,
  severity,
  labels,
  alerts,
}: SimulateOptions): Parameters<PolicyDesk['simulate']>[1] {
  return {
    tenant: 'default',
    ...(at !== undefined && { atMs: Date.parse(at) }),
    ...(until !== undefined && { untilMs: Date.parse(until) }),
    ...(severity !== undefined && { severity }),
    ...(labels !== undefined && { labels }),
    ...(alerts !== undefined && { alerts }),
  };
}

async function ifKnown<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (errorCodeOf(error) === 'policy_not_found') return undefined;
    throw error;
  }
}

function askServer({ server, dataDir }: PolicyOptions, env: Env): PolicyBook {
  const token = env.TOCSIN_TOKEN || localToken(dataDir ?? (env.TOCSIN_DATA_DIR || '.tocsin'));
  if (token === undefined) throw new Error('TOCSIN_TOKEN is not set');
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${server}/v1/policies${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(answerTimeoutMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.ok) return answer;
    if (answer.code === 'policy_not_found') return undefined;
    const reason = String(answer.detail ?? answer.title ?? 'no reason given');
    throw new Error(`the server answers ${response.status}: ${reason}`);
  };
  const pathOf = (name: string) => `/${encodeURIComponent(name)}`;
  // the server's own answers, as its OpenAPI document describes them
  return {
    list: async () => ((await ask('')) as { readonly items: readonly PolicyInForce[] }).items,
    get: async (name) => (await ask(pathOf(name))) as PolicyInForce | undefined,
    simulate: async (name, { at, until, severity, labels, alerts }) =>
      (await ask(`${pathOf(name)}/simulate`, { at, until, severity, labels, alerts })) as
        | Simulation
        | undefined,
  };
}
