#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeError } from '../dev/terminal.ts';
import { usage } from './usage.ts';

const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

interface CommandLine {
  readonly command: string;
  readonly operands: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Each command imports what it needs when it runs: `version` is not to load Temporal. */
async function run({ command, operands, env }: CommandLine): Promise<number> {
  if (operands.length > (command === 'check-config' ? 1 : 0))
    return misuse(`too many arguments for ${command}`);
  switch (command) {
    case 'up': {
      const { runUp } = await import('../dev/up.ts');
      process.stdout.on('error', () => {}); // a closed terminal must not keep us from an orderly stop
      await runUp({ env, print: (line) => console.log(line) });
      return exitCodes.ok;
    }
    case 'server': {
      const { runServer } = await import('../api/server.ts');
      await runServer(env);
      return exitCodes.ok;
    }
    case 'worker': {
      const { runWorker } = await import('../workers/worker.ts');
      await runWorker(env);
      return exitCodes.ok;
    }
    case 'check-config': {
      const { checkConfig } = await import('./check-config.ts');
      return await checkConfig(operands[0] ?? (env.TOCSIN_CONFIG || 'tocsin.yml'), env);
    }
    case 'version':
      console.log(readVersion());
      return exitCodes.ok;
    case 'help':
      console.log(usage);
      return exitCodes.ok;
    default:
      return misuse(`unknown command: ${command}`);
  }
}

function parse(args: readonly string[], env: NodeJS.ProcessEnv): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
      'data-dir': { type: 'string' },
    },
  });
  const [command = 'help', ...operands] = positionals;
  const dataDir = values['data-dir'];
  return {
    command: values.help === true ? 'help' : values.version === true ? 'version' : command,
    operands: values.help === true || values.version === true ? [] : operands,
    env: { ...env, ...(dataDir !== undefined && { TOCSIN_DATA_DIR: dataDir }) },
  };
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function misuse(reason: string): number {
  console.error(`tocsin: ${reason}\n\n${usage}`);
  return exitCodes.usage;
}

function tryParse(): CommandLine | undefined {
  try {
    return parse(process.argv.slice(2), process.env);
  } catch (error) {
    misuse(describeError(error));
    return undefined;
  }
}

const commandLine = tryParse();
if (commandLine === undefined) {
  process.exitCode = exitCodes.usage;
} else {
  try {
    process.exitCode = await run(commandLine);
  } catch (error) {
    console.error(`tocsin: ${describeError(error)}`);
    // what could not be closed, such as a half-started worker of Temporal's, would keep the process from its end
    process.exit(exitCodes.failed);
  }
}
