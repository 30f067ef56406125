import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { type Severity, severities } from '../domain/severity.ts';
import { readLabels } from './read-labels.ts';

interface Where {
  /** Asks this server instead of reading a configuration; without a slash at the end. */
  readonly server?: string;
  readonly config?: string;
  readonly dataDir?: string;
  readonly output: 'text' | 'json';
}

export type PolicyOptions = Where &
  (
    | { readonly verb: 'list' }
    | { readonly verb: 'show'; readonly name: string }
    | { readonly verb: 'diff'; readonly name: string; readonly from: string }
    | ({ readonly verb: 'simulate'; readonly name: string } & SimulateOptions)
  );

export interface SimulateOptions {
  /** ISO 8601 in UTC. */
  readonly at?: string;
  readonly until?: string;
  readonly severity?: Severity;
  readonly labels?: Readonly<Record<string, string>>;
  readonly alerts?: number;
}

const verbs = ['list', 'show', 'diff', 'simulate'] as const;
type Verb = (typeof verbs)[number];

const where = {
  server: { type: 'string' },
  config: { type: 'string' },
  'data-dir': { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const;

const ownOptions = {
  list: {},
  show: {},
  diff: { from: { type: 'string' } },
  simulate: {
    at: { type: 'string' },
    until: { type: 'string' },
    severity: { type: 'string' },
    label: { type: 'string', multiple: true },
    alerts: { type: 'string' },
  },
} as const;

/** Throws an Error that says what is wrong with the command line. */
export function readPolicyOptions([verb, ...args]: readonly string[]): PolicyOptions {
  if (!isVerb(verb)) {
    throw new Error('policy knows four things to do: policy list, policy show, policy diff, policy simulate');
  }
  const options: ParseArgsOptionsConfig = { ...where, ...ownOptions[verb] };
  const { values: given, positionals } = parseArgs({ args, allowPositionals: true, options });
  const place = readWhere(given);
  const [name, ...others] = positionals;
  if (verb === 'list') {
    if (name !== undefined) throw new Error('policy list takes no name');
    return { ...place, verb };
  }
  if (name === undefined || others.length > 0) throw new Error(`policy ${verb} takes the name of one policy`);
  if (verb === 'show') return { ...place, verb, name };
  if (verb === 'simulate') return { ...place, verb, name, ...readSimulate(given) };
  if (typeof given.from !== 'string')
    throw new Error('policy diff needs --from, the newer configuration file');
  return { ...place, verb, name, from: given.from };
}

function readWhere(values: Readonly<Record<string, unknown>>): Where {
  const { server, config, 'data-dir': dataDir, output = 'text' } = values;
  if (server !== undefined && config !== undefined) throw new Error('give either --server or --config');
  if (typeof server === 'string' && !/^https?:\/\/[^/]/.test(server)) {
    throw new Error('--server must be a URL such as http://127.0.0.1:8080');
  }
  if (output !== 'text' && output !== 'json') throw new Error('-o must be text or json');
  return {
    output,
    ...(typeof server === 'string' && { server: server.replace(/\/+$/, '') }),
    ...(typeof config === 'string' && { config }),
    ...(typeof dataDir === 'string' && { dataDir }),
  };
}

function readSimulate(values: Readonly<Record<string, unknown>>): SimulateOptions {
  const { at, until, severity, label, alerts } = values;
  const labels = Array.isArray(label) ? readLabels(label.join(','), '--label') : undefined;
  return {
    ...(typeof at === 'string' && { at: readInstant(at, '--at') }),
    ...(typeof until === 'string' && { until: readInstant(until, '--until') }),
    ...(typeof severity === 'string' && { severity: readSeverity(severity) }),
    ...(labels !== undefined && { labels }),
    ...(typeof alerts === 'string' && { alerts: readCount(alerts) }),
  };
}

function readInstant(text: string, option: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Error(`${option} must be an instant such as 2026-01-05T09:00:00Z`);
  return new Date(ms).toISOString();
}

function readSeverity(text: string): Severity {
  const found = severities.find((severity) => severity === text);
  if (found === undefined) throw new Error(`--severity must be one of ${severities.join(', ')}`);
  return found;
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error('--alerts must be a whole number from 1 on');
  return Number(text);
}

function isVerb(text: string | undefined): text is Verb {
  return verbs.some((verb) => verb === text);
}
