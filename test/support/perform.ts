import { afterAll, beforeAll } from 'vitest';
import { checkLedger, closeLedger } from './ledger.ts';
import { type Stack, startStack } from './stack.ts';
import type { StackPlan } from './stack-plan.ts';
import { createTimeline, type Timeline } from './timeline.ts';

export type Story = (timeline: Timeline, stack: Stack) => Promise<void>;

/** Plays one story on a route, then checks that nothing else happened and that the ledger adds up. */
export async function perform(stack: Stack, route: string, story: Story): Promise<void> {
  const timeline = createTimeline(stack, route);
  try {
    await story(timeline, stack);
    timeline.expectNoMorePages();
    await checkLedger(stack);
  } catch (error) {
    process.stderr.write(`--- logs of ${route} ---\n${lastLines(stack)}\n`);
    throw error;
  }
}

/** One stack for all tests of a file; at the end it has to stop in order, and its histories have to replay. */
export function useStack(plan: StackPlan): () => Stack {
  let stack: Stack | undefined;
  const started = (): Stack => {
    if (stack === undefined) throw new Error('the stack has not started');
    return stack;
  };
  beforeAll(async () => {
    stack = await startStack({ plan });
  }, 120_000);
  afterAll(async () => {
    if (stack === undefined) return;
    await using _ = stack;
    await finish(stack);
  }, 120_000);
  return started;
}

/** Stops the processes in order and closes the ledger. */
export async function finish(stack: Stack): Promise<void> {
  const codes = await stack.stop();
  if (codes.some((code) => code !== 0)) throw new Error(`a process ended with ${codes}\n${lastLines(stack)}`);
  await closeLedger(stack);
}

/** Without the lines of those who wait for readiness. */
function lastLines(stack: Stack): string {
  const lines = stack.logs().split('\n');
  const telling = lines.filter((line) => line !== '' && !line.includes('"/readyz"'));
  return telling
    .slice(-30)
    .map((line) => line.slice(0, 400))
    .join('\n');
}
