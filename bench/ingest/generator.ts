import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GeneratorMessage, LoadOrder, LoadResult } from './messages.ts';

export interface Generator {
  readonly pid: number;
  /** Sends everything when it is due, waits for all answers. One order at a time. */
  run(order: LoadOrder): Promise<LoadResult>;
  close(): void;
}

export async function startGenerator(): Promise<Generator> {
  const file = fileURLToPath(new URL('./generator-process.ts', import.meta.url));
  const child = fork(file, [], { serialization: 'advanced', execArgv: [] });
  await once(child, 'message');
  const { pid } = child;
  if (pid === undefined) throw new Error('the generator did not start');
  return {
    pid,
    async run(order) {
      child.send(order);
      const [message] = (await once(child, 'message')) as [GeneratorMessage];
      if (message.kind !== 'done') throw new Error('the generator started anew');
      return message.result;
    },
    close: () => child.disconnect(),
  };
}
