import { parseArgs } from 'node:util';
import { readServer, type ServerAddress } from './ask-server.ts';
import { readOutput } from './delivery-options.ts';

interface Common extends ServerAddress {
  readonly output: 'text' | 'json';
}

export type OncallCommand = Common &
  (
    | {
        readonly verb: 'who' | 'next';
        /** Absent: all. */
        readonly schedule?: string;
        readonly at?: string;
      }
    | {
        readonly verb: 'gaps';
        /** Absent: all. */
        readonly schedule?: string;
        readonly from?: string;
        readonly until?: string;
      }
    | { readonly verb: 'overrides'; readonly schedule: string }
    | { readonly verb: 'override'; readonly schedule: string; readonly body: OverrideWish }
    | { readonly verb: 'end'; readonly id: string; readonly by: string }
  );

/** As `POST /v1/schedules/{name}/overrides` takes it. */
export interface OverrideWish {
  readonly user: string;
  readonly start?: string;
  readonly end?: string;
  readonly for?: string;
  readonly by: string;
}

const verbs = ['who', 'next', 'gaps', 'overrides', 'override', 'end'] as const;

const options = {
  at: { type: 'string' },
  from: { type: 'string' },
  until: { type: 'string' },
  for: { type: 'string' },
  by: { type: 'string' },
  server: { type: 'string' },
  'data-dir': { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const;

type OptionName = keyof typeof options;

/** What each verb takes besides where the server is and how to print. */
const ownOptions: Readonly<Record<(typeof verbs)[number], readonly OptionName[]>> = {
  who: ['at'],
  next: ['at'],
  gaps: ['from', 'until'],
  overrides: [],
  override: ['from', 'until', 'for', 'by'],
  end: ['by'],
};

/** Throws an Error that says what is wrong with the command line. */
export function readOncallOptions(args: readonly string[], env: NodeJS.ProcessEnv): OncallCommand {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [given, ...operands] = positionals;
  const verb = verbs.find((known) => known === given);
  if (verb === undefined) throw new Error(`oncall knows ${verbs.length} things to do: ${verbs.join(', ')}`);
  const foreign = (['at', 'from', 'until', 'for', 'by'] as const).find(
    (name) => values[name] !== undefined && !ownOptions[verb].includes(name),
  );
  if (foreign !== undefined) throw new Error(`--${foreign} is not for oncall ${verb}`);
  const { at, from, until, for: span, by = env.USER || 'cli', 'data-dir': dataDir } = values;
  const common = {
    output: readOutput(values.output),
    server: readServer(values.server),
    ...(dataDir !== undefined && { dataDir }),
  };
  const [first, second] = operands;
  switch (verb) {
    case 'who':
    case 'next':
      atMost(operands, 1, `oncall ${verb} takes one schedule at most`);
      return {
        ...common,
        verb,
        ...(first !== undefined && { schedule: first }),
        ...(at !== undefined && { at }),
      };
    case 'gaps':
      atMost(operands, 1, 'oncall gaps takes one schedule at most');
      return {
        ...common,
        verb,
        ...(first !== undefined && { schedule: first }),
        ...(from !== undefined && { from }),
        ...(until !== undefined && { until }),
      };
    case 'overrides':
      atMost(operands, 1, 'oncall overrides needs one schedule');
      return { ...common, verb, schedule: needed(first, 'oncall overrides needs one schedule') };
    case 'override': {
      const usage = 'oncall override needs a schedule and a user';
      atMost(operands, 2, usage);
      if ((span === undefined) === (until === undefined)) throw new Error('give either --for or --until');
      const body = {
        user: needed(second, usage),
        ...(from !== undefined && { start: from }),
        ...(until !== undefined && { end: until }),
        ...(span !== undefined && { for: span }),
        by,
      };
      return { ...common, verb, schedule: needed(first, usage), body };
    }
    case 'end':
      atMost(operands, 1, 'oncall end needs the id of one override');
      return { ...common, verb, id: needed(first, 'oncall end needs the id of one override'), by };
  }
}

function atMost(operands: readonly string[], count: number, reason: string): void {
  if (operands.length > count) throw new Error(reason);
}

function needed(operand: string | undefined, reason: string): string {
  if (operand === undefined) throw new Error(reason);
  return operand;
}
