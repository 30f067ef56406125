import { printable } from '../dev/terminal.ts';
import { createAskServer } from './ask-server.ts';
import type { TestPageCommand } from './test-page-options.ts';

/** As the server's OpenAPI document describes it. */
interface TestedContact {
  readonly channel: string;
  readonly provider: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly ms: number;
}

/**
 * Sends test pages and prints what came of them, one line for each contact. The exit code is 1 unless there was a
 * contact and all of them took it. Throws an Error with the reason when the server refuses.
 */
export async function runTestPage(command: TestPageCommand, env: NodeJS.ProcessEnv): Promise<number> {
  const { what, name, by, urgency, output } = command;
  const ask = createAskServer(command, env);
  const path = `/v1/${what}s/${encodeURIComponent(name)}/test`;
  const answer = await ask(path, { by, ...(urgency !== undefined && { urgency }) });
  const items = answer.items as readonly TestedContact[];
  if (output === 'json') console.log(JSON.stringify(answer, null, 2));
  else if (items.length === 0) console.log(printable(`${name} has no contacts`));
  else for (const item of items) console.log(lineOf(item));
  return items.length > 0 && items.every(({ outcome }) => outcome === 'delivered') ? 0 : 1;
}

function lineOf({ channel, provider, outcome, reason, ms }: TestedContact): string {
  const told = reason === undefined ? outcome : `${outcome}: ${reason}`;
  return printable(`${channel} (${provider})  ${told} (${Math.round(ms)} ms)`);
}
