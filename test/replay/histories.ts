import { readdirSync, readFileSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';

export const historiesDir = new URL('./histories/', import.meta.url);

export interface RecordedHistory {
  readonly workflowId: string;
  readonly history: ReturnType<typeof historyFromJSON>;
}

/** Every history that was committed, by its file's name. */
export function readHistories(): RecordedHistory[] {
  const files = readdirSync(historiesDir).filter((name) => name.endsWith('.json'));
  return files.sort().map((name) => ({
    workflowId: name,
    history: historyFromJSON(JSON.parse(readFileSync(new URL(name, historiesDir), 'utf8'))),
  }));
}

/** What names the machine that recorded has no place in a repository, and replaying does not need it. */
export function withoutTraces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTraces);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).map(([key, inner]) => [
    key,
    traces.has(key) ? '' : withoutTraces(inner),
  ]);
  return Object.fromEntries(kept);
}

const traces = new Set(['identity', 'stackTrace']);
