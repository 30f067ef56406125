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
  if (!hasOwnOptions(command) && operands.length > (command === 'check-config' ? 1 : 0))
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
    case 'route':
      return await runRoute(operands, env);
    case 'policy': {
      const { readPolicyOptions } = await import('./policy-options.ts');
      const options = attempt(() => readPolicyOptions(operands));
      if (options === undefined) return exitCodes.usage;
      const { runPolicy } = await import('./policy.ts');
      return await runPolicy(options, env);
    }
    case 'replay': {
      const { readReplayOptions } = await import('./replay-options.ts');
      const options = attempt(() => readReplayOptions(operands));
      if (options === undefined) return exitCodes.usage;
      const { replay } = await import('./replay.ts');
      return await replay(options, env);
    }
    case 'events': {
      const { readEventsOptions } = await import('./events-options.ts');
      const options = attempt(() => readEventsOptions(operands));
      if (options === undefined) return exitCodes.usage;
      const { runEvents } = await import('./events.ts');
      return await runEvents(options, env);
    }
    case 'oncall': {
      const { readOncallOptions } = await import('./oncall-options.ts');
      const options = attempt(() => readOncallOptions(operands, env));
      if (options === undefined) return exitCodes.usage;
      const { runOncall } = await import('./oncall.ts');
      return await runOncall(options, env);
    }
    case 'delivery': {
      const { readDeliveryOptions } = await import('./delivery-options.ts');
      const options = attempt(() => readDeliveryOptions(operands, env));
      if (options === undefined) return exitCodes.usage;
      const { runDelivery } = await import('./delivery.ts');
      return await runDelivery(options, env);
    }
    case 'channel':
    case 'user': {
      const { readTestPageOptions } = await import('./test-page-options.ts');
      const options = attempt(() => readTestPageOptions(command, operands, env));
      if (options === undefined) return exitCodes.usage;
      const { runTestPage } = await import('./test-page.ts');
      return await runTestPage(options, env);
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

async function runRoute([verb, ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  if (verb !== 'test') return misuse('route knows one thing to do: route test');
  const { readRouteTestOptions } = await import('./route-test-options.ts');
  const options = attempt(() => readRouteTestOptions(args));
  if (options === undefined) return exitCodes.usage;
  const { testRoute } = await import('./route-test.ts');
  return await testRoute(options, env);
}

/** Commands that read what follows their name themselves. */
function hasOwnOptions(command: string | undefined): boolean {
  return (
    command !== undefined &&
    ['route', 'policy', 'oncall', 'replay', 'events', 'delivery', 'channel', 'user'].includes(command)
  );
}

function parse(args: readonly string[], env: NodeJS.ProcessEnv): CommandLine {
  const [first = '', ...rest] = args;
  if (hasOwnOptions(first) && !rest.includes('--help') && !rest.includes('-h'))
    return { command: first, operands: rest, env };
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

/** Undefined after telling what is wrong with the command line. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    misuse(describeError(error));
    return undefined;
  }
}

const commandLine = attempt(() => parse(process.argv.slice(2), process.env));
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
