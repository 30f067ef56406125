import { parseArgs } from 'node:util';
import { readServer, type ServerAddress } from './ask-server.ts';
import { readOutput } from './delivery-options.ts';

export interface TestPageCommand extends ServerAddress {
  readonly what: 'channel' | 'user';
  readonly name: string;
  readonly urgency?: 'high' | 'low';
  readonly by: string;
  readonly output: 'text' | 'json';
}

/** `channel test NAME` and `user test NAME`. Throws an Error that says what is wrong with the command line. */
export function readTestPageOptions(
  what: TestPageCommand['what'],
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): TestPageCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      urgency: { type: 'string' },
      by: { type: 'string' },
      server: { type: 'string' },
      'data-dir': { type: 'string' },
      output: { type: 'string', short: 'o' },
    },
  });
  const [verb, name, ...more] = positionals;
  if (verb !== 'test' || name === undefined || more.length > 0)
    throw new Error(`${what} knows one thing to do: ${what} test NAME`);
  const { urgency, by = env.USER || 'cli', 'data-dir': dataDir } = values;
  if (urgency !== undefined && what === 'channel') throw new Error('--urgency is for user test');
  if (urgency !== undefined && urgency !== 'high' && urgency !== 'low')
    throw new Error('--urgency must be high or low');
  return {
    what,
    name,
    by,
    output: readOutput(values.output),
    server: readServer(values.server),
    ...(urgency !== undefined && { urgency }),
    ...(dataDir !== undefined && { dataDir }),
  };
}
