import { parseArgs } from 'node:util';
import { readLabels } from './read-labels.ts';

export interface RouteTestOptions {
  readonly labels?: Readonly<Record<string, string>>;
  /** Holds the payload; `-` is standard input. */
  readonly file?: string;
  readonly source?: string;
  /** Asks this server instead of reading a configuration. */
  readonly server?: string;
  readonly config?: string;
  readonly at?: string;
  readonly output: 'text' | 'json';
}

/** Throws an Error that says what is wrong with the command line. */
export function readRouteTestOptions(args: readonly string[]): RouteTestOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      labels: { type: 'string' },
      file: { type: 'string' },
      source: { type: 'string' },
      server: { type: 'string' },
      config: { type: 'string' },
      at: { type: 'string' },
      output: { type: 'string', short: 'o' },
    },
  });
  const { labels, file, output = 'text', ...rest } = values;
  if ((labels === undefined) === (file === undefined)) throw new Error('give either --labels or --file');
  if (file !== undefined && rest.source === undefined) throw new Error('--file needs the --source it is of');
  if (rest.server !== undefined && rest.config !== undefined) {
    throw new Error('give either --server or --config');
  }
  if (rest.server !== undefined && !/^https?:\/\/[^/]/.test(rest.server)) {
    throw new Error('--server must be a URL such as http://127.0.0.1:8080');
  }
  if (rest.at !== undefined && Number.isNaN(Date.parse(rest.at))) {
    throw new Error('--at must be an instant such as 2026-01-05T09:00:00Z');
  }
  if (output !== 'text' && output !== 'json') throw new Error('-o must be text or json');
  return {
    ...rest,
    ...(labels !== undefined && { labels: readLabels(labels, '--labels') }),
    ...(file !== undefined && { file }),
    output,
  };
}
