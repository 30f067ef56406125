import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** One request of tocsin at the fake provider, at the moment of its acceptance. */
export interface Page {
  readonly type: string;
  readonly key: string;
  readonly round: number;
  readonly step: number;
  readonly incidentId: string;
  /** The group label by which the generator knows its incident again. */
  readonly instance: string | undefined;
  /** Of the channel's address: `/page`, or `/flaky`, which can be down. */
  readonly path: string;
  readonly atMs: number;
}

/** Whether `/flaky` answers 503 to everything. */
export interface ProviderOrder {
  readonly isDown: boolean;
}

export type ProviderMessage =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'page'; readonly page: Page };

export interface Provider {
  readonly url: string;
  readonly pid: number;
  /** Every page since the start, in order of arrival. */
  readonly pages: readonly Page[];
  /** The first page of an incident; undefined when there is none in time. */
  firstPage(instance: string, withinMs: number): Promise<Page | undefined>;
  setDown(isDown: boolean): void;
  close(): void;
}

/** Starts the fake webhook provider in a process of its own. */
export async function startProvider(): Promise<Provider> {
  const child = fork(fileURLToPath(new URL('./provider-process.ts', import.meta.url)), []);
  const [ready] = (await once(child, 'message')) as [ProviderMessage];
  if (ready.kind !== 'ready' || child.pid === undefined) throw new Error('the provider did not start');
  const pages: Page[] = [];
  const first = new Map<string, Page>();
  const waiting = new Map<string, (page: Page) => void>();
  child.on('message', (message: ProviderMessage) => {
    if (message.kind !== 'page') return;
    const { page } = message;
    pages.push(page);
    if (page.instance === undefined || first.has(page.instance)) return;
    first.set(page.instance, page);
    waiting.get(page.instance)?.(page);
  });
  return {
    url: ready.url,
    pid: child.pid,
    pages,
    firstPage(instance, withinMs) {
      const page = first.get(instance);
      if (page !== undefined) return Promise.resolve(page);
      return new Promise((resolve) => {
        const settle = (found?: Page) => {
          clearTimeout(timer);
          waiting.delete(instance);
          resolve(found);
        };
        const timer = setTimeout(settle, withinMs);
        waiting.set(instance, settle);
      });
    },
    setDown: (isDown) => void child.send({ isDown } satisfies ProviderOrder),
    close: () => child.disconnect(),
  };
}
