import { totalmem } from 'node:os';
import { workerLimits } from './worker-limits.ts';

/** A worker process without any workflow, and one cached workflow (docs/explanation/performance.md). */
const emptyBytes = 150e6;
const workflowBytes = 0.9e6;
/** Of the machine's memory: other processes live there as well. */
const share = 0.5;
const leastWorkflows = 50;
/** Sagas and projections are cached apart. */
const caches = 2;

/**
 * How many workflows each of the two workers keeps in memory: what is configured, or less where the machine, or the
 * container, has little. What is not kept is replayed from its history when it goes on.
 */
export function cachedWorkflowsFor(memoryBytes: number): number {
  const fit = Math.floor((memoryBytes * share - emptyBytes) / caches / workflowBytes);
  return Math.min(workerLimits.maxCachedWorkflows, Math.max(leastWorkflows, fit));
}

/** What this process may use, in bytes: of the machine, or of its container. */
export function availableMemoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
