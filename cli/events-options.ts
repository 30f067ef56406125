import { parseArgs } from 'node:util';

export interface EventsCommand {
  readonly verb: 'parked' | 'retry';
  readonly stream?: string;
  readonly consumer?: string;
  readonly all: boolean;
  readonly server: string;
  readonly dataDir?: string;
}

const defaultServer = 'http://127.0.0.1:8080';

/** Throws an Error that says what is wrong with the command line. */
export function readEventsOptions([verb, ...args]: readonly string[]): EventsCommand {
  if (verb !== 'parked' && verb !== 'retry')
    throw new Error('events knows two things to do: events parked, events retry');
  const { values } = parseArgs({
    args,
    options: {
      stream: { type: 'string' },
      consumer: { type: 'string' },
      all: { type: 'boolean' },
      server: { type: 'string' },
      'data-dir': { type: 'string' },
    },
  });
  const { stream, consumer, all = false, server = defaultServer, 'data-dir': dataDir } = values;
  if (verb === 'retry' && !all && stream === undefined && consumer === undefined)
    throw new Error('say what to retry: --stream, --consumer or --all');
  if (!/^https?:\/\/[^/]/.test(server))
    throw new Error('--server must be a URL such as http://127.0.0.1:8080');
  return {
    verb,
    all,
    server: server.replace(/\/+$/, ''),
    ...(stream !== undefined && { stream }),
    ...(consumer !== undefined && { consumer }),
    ...(dataDir !== undefined && { dataDir }),
  };
}
