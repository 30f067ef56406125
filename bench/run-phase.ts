import { openDatabase } from '../store/database.ts';
import { createLogger } from '../telemetry/logger.ts';
import { openBenchStack } from './bench-stack.ts';
import { loadNow } from './machine.ts';
import type { Phase, PhaseContext } from './phase.ts';
import {
  type CpuSeconds,
  cpuBetween,
  readCpuSeconds,
  readMachineSeconds,
  readRssMb,
} from './process-usage.ts';
import { startProvider } from './provider.ts';
import type { CpuWindow, PhaseReport } from './report.ts';
import { createSender } from './sender.ts';

export interface RunOptions {
  readonly quick: boolean;
  readonly print: (line: string) => void;
  readonly profileDir?: string;
  /** Where what must be closed is registered: an interrupted run leaves nothing behind either. */
  readonly open: AsyncDisposableStack;
}

/** Runs one phase on a fresh stack and stops it again. */
export async function runPhase(
  phase: Phase,
  options: RunOptions,
): Promise<PhaseReport & { postgresMajor: number }> {
  const { open, print, quick, profileDir } = options;
  const loadBefore = loadNow();
  const provider = open.adopt(await startProvider(), (it) => it.close());
  const stack = open.adopt(
    await openBenchStack({
      providerUrl: provider.url,
      ...(phase.patientWait !== undefined && { patientWait: phase.patientWait }),
      print,
      ...(profileDir !== undefined && { profileDir }),
    }),
    (it) => it.close(),
  );
  const logger = createLogger({ process: 'bench', level: 'warn' });
  const databaseOptions = { url: stack.databaseUrl, logger, applicationName: 'bench', maxConnections: 2 };
  const database = open.adopt(openDatabase(databaseOptions), (it) => it.close());
  const sender = open.adopt(createSender(stack), (it) => it.close());
  const windows: CpuWindow[] = [];
  const cpu = (): CpuSeconds => {
    const { busy, stolen } = readMachineSeconds();
    return { ...readCpuSeconds(new Map([...stack.pids, ['generator', process.pid]])), busy, stolen };
  };
  const meter = async <T>(window: string, work: () => Promise<T>): Promise<T> => {
    const [before, startedMs] = [cpu(), performance.now()];
    const result = await work();
    const used: CpuSeconds = cpuBetween(before, cpu());
    windows.push({
      phase: phase.title,
      window,
      seconds: (performance.now() - startedMs) / 1_000,
      cpu: ownOnly(used),
    });
    return result;
  };
  const context: PhaseContext = { stack, provider, sender, database, quick, print, meter };
  const measures = await phase.run(context);
  const memoryMb = Object.fromEntries(
    ['server', 'worker', 'temporal'].map((name) => [name, readRssMb(stack.pids.get(name) ?? 0)]),
  );
  const { name, title } = phase;
  const { postgresMajor } = stack;
  return {
    phase: name,
    title,
    loadBefore,
    measures,
    windows,
    memoryMb,
    deaths: stack.deaths(),
    postgresMajor,
  };
}

/**
 * The stack's processes are children of the generator, which must not count them again. `others` is what the machine
 * did besides: where it is not near nothing, the figures are too high.
 */
function ownOnly({ generator = 0, busy = 0, stolen = 0, ...parts }: CpuSeconds): CpuSeconds {
  const children = Object.values(parts).reduce((sum, seconds) => sum + seconds, 0);
  const others = Math.max(0, busy - generator);
  return { ...parts, generator: Math.max(0, generator - children), others, stolen };
}
