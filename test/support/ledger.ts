import { eventually } from './eventually.ts';
import { unreplayable } from './ledger-histories.ts';
import { unexpectedLines } from './ledger-logs.ts';
import { leaks } from './ledger-secrets.ts';
import { brokenPromises, latenessOf } from './ledger-streams.ts';
import { viewsThatDiffer } from './ledger-views.ts';
import { wireFaults } from './ledger-wire.ts';
import { readRecordedLog } from './recorded-log.ts';
import type { Stack } from './stack.ts';

const settleMs = 10_000;

/**
 * Joins what was acknowledged, what went over the wire, the event log, the views and the processes' own logs
 * (reliability.md). Throws with everything that does not add up.
 */
export async function checkLedger(stack: Stack): Promise<void> {
  await eventually(async () => {
    const log = await readRecordedLog(stack.databaseUrl);
    return refuse([
      ...brokenPromises(log, stack.acknowledged),
      ...wireFaults(log, stack.wire, stack.excused.extraHits),
      ...(await viewsThatDiffer(stack.databaseUrl)),
    ]);
  }, settleMs);
  refuse(unexpectedLines(stack.logs(), stack.excused.logLines));
}

/** The costly part, once for each stack: every history replays, and no secret got out. */
export async function closeLedger(stack: Stack): Promise<void> {
  await checkLedger(stack);
  const log = await readRecordedLog(stack.databaseUrl);
  const { histories, faults } = await unreplayable(stack, log);
  refuse([...faults, ...leaks(stack, [...histories, JSON.stringify(log)])]);
  const { steps, maxMs } = latenessOf(log);
  process.stderr.write(
    `${steps} steps, the latest ${maxMs} ms late; ${histories.length} histories replayed\n`,
  );
}

function refuse(faults: readonly string[]): true {
  if (faults.length > 0) throw new Error(`the ledger does not add up:\n${faults.join('\n')}`);
  return true;
}
