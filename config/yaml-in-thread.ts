import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Environment } from './substitute.ts';
import type { YamlDocument } from './yaml-document.ts';

/** A file of the largest size with the most values takes about 150 MB. */
const maxMemoryMb = 512;

/**
 * As `readYaml`, in a thread of its own: parsing is the longest part of a reload, and would keep a busy process from its
 * alerts meanwhile. Rejects when the thread comes to nothing, as for lack of memory.
 */
export async function readYamlInThread(text: string, env: Environment): Promise<YamlDocument> {
  const thread = new Worker(new URL('./yaml-thread.ts', import.meta.url), {
    // `process.env` itself is no plain object and cannot cross
    workerData: { text, env: { ...env } },
    resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb },
  });
  try {
    const [document] = await once(thread, 'message');
    return document as YamlDocument;
  } finally {
    await thread.terminate();
  }
}
