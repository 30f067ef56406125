import { parentPort, workerData } from 'node:worker_threads';
import type { Environment } from './substitute.ts';
import { readYaml } from './yaml-document.ts';

// Runs in the thread that `yaml-in-thread.ts` starts, and ends with its answer.

const { text, env } = workerData as { text: string; env: Environment };
parentPort?.postMessage(readYaml(text, env));
