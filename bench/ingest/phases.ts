import { openDatabase } from '../../store/database.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { openBenchStack } from '../bench-stack.ts';
import { startProvider } from '../provider.ts';
import { createSender } from '../sender.ts';
import { openAcceptStack } from './accept-stack.ts';
import { type CampaignOptions, type CampaignReport, runCampaign } from './campaign.ts';
import { type CriticalReport, startCriticalAlerts } from './critical-alerts.ts';
import { startGenerator } from './generator.ts';
import type { Target } from './target.ts';

export interface PhaseOptions extends CampaignOptions {
  readonly profileDir?: string;
}

export interface PhaseReport extends CampaignReport {
  readonly postgresMajor: number;
  readonly critical?: CriticalReport;
}

/** Accepting, storing and folding alert views; no dispatch, no engine. */
export async function runAcceptPhase(
  open: AsyncDisposableStack,
  options: PhaseOptions,
): Promise<PhaseReport> {
  const { profileDir } = options;
  const stack = open.adopt(await openAcceptStack(profileDir === undefined ? {} : { profileDir }), (it) =>
    it.close(),
  );
  const target = await openTarget(open, stack, stack.databaseUrl);
  return { ...(await runCampaign(target, options)), postgresMajor: stack.postgresMajor };
}

/** The product as `tocsin up` runs it, and a critical alert each second that has to reach the provider. */
export async function runFullPhase(open: AsyncDisposableStack, options: PhaseOptions): Promise<PhaseReport> {
  const { profileDir } = options;
  const provider = open.adopt(await startProvider(), (it) => it.close());
  const stack = open.adopt(
    await openBenchStack({
      providerUrl: provider.url,
      print: (line) => console.log(`  ${line}`),
      ...(profileDir !== undefined && { profileDir }),
    }),
    (it) => it.close(),
  );
  const sender = open.adopt(createSender(stack), (it) => it.close());
  const address = { port: Number(new URL(stack.apiUrl).port), path: `/v1/sources/${stack.sourceKey}` };
  const target = await openTarget(open, { ...address, pids: stack.pids }, stack.databaseUrl);
  const criticals = startCriticalAlerts({ sender, provider });
  const campaign = await runCampaign(target, options);
  const critical = await criticals.stop();
  if (stack.deaths() > 0) console.log(`processes died ${stack.deaths()} times: the figures are worth little`);
  return { ...campaign, critical, postgresMajor: stack.postgresMajor };
}

async function openTarget(
  open: AsyncDisposableStack,
  address: Pick<Target, 'port' | 'path' | 'pids'>,
  url: string,
): Promise<Target> {
  const logger = createLogger({ process: 'bench', level: 'warn' });
  const database = open.adopt(
    openDatabase({ url, logger, applicationName: 'bench', maxConnections: 2 }),
    (it) => it.close(),
  );
  const generator = open.adopt(await startGenerator(), (it) => it.close());
  const { port, path, pids } = address;
  return { port, path, pids, database, generator };
}
