import { condition, defineSignal, setHandler, sleep } from '@temporalio/workflow';

/** On purpose not what the recorded histories did: it sleeps where the saga records. Proves that replaying can fail. */
export async function escalation(): Promise<void> {
  let signals = 0;
  setHandler(defineSignal('alerts'), () => {
    signals += 1;
  });
  await condition(() => signals > 0);
  await sleep('1 minute');
}
