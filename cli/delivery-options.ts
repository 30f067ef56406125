import { parseArgs } from 'node:util';
import { readServer, type ServerAddress } from './ask-server.ts';

interface Common extends ServerAddress {
  readonly output: 'text' | 'json';
}

/** What dead letters a bulk redelivery is about. */
export interface DeliveryFilter {
  readonly state?: string;
  readonly incident?: string;
  readonly channel?: string;
}

export type DeliveryCommand = Common &
  (
    | { readonly verb: 'list'; readonly filter: DeliveryFilter }
    | { readonly verb: 'show'; readonly key: string }
    | {
        readonly verb: 'redeliver';
        /** Instead of a filter. */
        readonly keys: readonly string[];
        readonly filter: DeliveryFilter;
        readonly by: string;
      }
    | { readonly verb: 'discard'; readonly key: string; readonly reason: string; readonly by: string }
  );

const verbs = ['list', 'show', 'redeliver', 'discard'] as const;

/** Throws an Error that says what is wrong with the command line. */
export function readDeliveryOptions(args: readonly string[], env: NodeJS.ProcessEnv): DeliveryCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      state: { type: 'string' },
      incident: { type: 'string' },
      channel: { type: 'string' },
      reason: { type: 'string' },
      by: { type: 'string' },
      server: { type: 'string' },
      'data-dir': { type: 'string' },
      output: { type: 'string', short: 'o' },
    },
  });
  const [given, ...keys] = positionals;
  const verb = verbs.find((known) => known === given);
  if (verb === undefined) throw new Error(`delivery knows ${verbs.length} things to do: ${verbs.join(', ')}`);
  const { state, incident, channel, reason, by = env.USER || 'cli', 'data-dir': dataDir } = values;
  const filter = {
    ...(state !== undefined && { state }),
    ...(incident !== undefined && { incident }),
    ...(channel !== undefined && { channel }),
  };
  const common = {
    output: readOutput(values.output),
    server: readServer(values.server),
    ...(dataDir !== undefined && { dataDir }),
  };
  switch (verb) {
    case 'list':
      if (keys.length > 0) throw new Error('delivery list takes no keys: use show');
      return { ...common, verb, filter };
    case 'show':
      return { ...common, verb, key: onlyKey(keys, verb) };
    case 'redeliver':
      if (state !== undefined) throw new Error('only dead letters are sent again: leave out --state');
      if (keys.length > 0 === (incident !== undefined || channel !== undefined))
        throw new Error('say what to send again: keys, or --channel and --incident');
      return { ...common, verb, keys, filter, by };
    case 'discard':
      if (reason === undefined) throw new Error('delivery discard needs a --reason');
      return { ...common, verb, key: onlyKey(keys, verb), reason, by };
  }
}

function onlyKey([key, ...more]: readonly string[], verb: string): string {
  if (key === undefined || more.length > 0) throw new Error(`delivery ${verb} needs one key`);
  return key;
}

export function readOutput(output = 'text'): 'text' | 'json' {
  if (output !== 'text' && output !== 'json') throw new Error('-o must be text or json');
  return output;
}
