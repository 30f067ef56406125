import { parseArgs } from 'node:util';

export interface ReplayCommand {
  readonly into: 'views' | 'stdout';
  readonly from?: string;
  readonly to?: string;
  readonly lane?: number;
  readonly restart: boolean;
  readonly dataDir?: string;
}

const bound = /^(?:\d{1,15}|\d{1,5}:\d{1,15}(?:,\d{1,5}:\d{1,15})*)$/;

/** Throws an Error that says what is wrong with the command line. */
export function readReplayOptions(args: readonly string[]): ReplayCommand {
  const { values } = parseArgs({
    args: [...args],
    options: {
      into: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      lane: { type: 'string' },
      restart: { type: 'boolean' },
      'data-dir': { type: 'string' },
    },
  });
  const { into, from, to, lane, restart = false, 'data-dir': dataDir } = values;
  if (into !== 'views' && into !== 'stdout') throw new Error('--into must be views or stdout');
  if (![from, to].every((text) => text === undefined || bound.test(text)))
    throw new Error('--from and --to are POSITION or LANE:POSITION,…');
  if (lane !== undefined && !/^\d{1,5}$/.test(lane)) throw new Error('--lane must be the number of a lane');
  return {
    into,
    restart,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(lane !== undefined && { lane: Number(lane) }),
    ...(dataDir !== undefined && { dataDir }),
  };
}
