import { totalmem } from 'node:os';
import { expect, it } from 'vitest';
import { availableMemoryBytes, cachedWorkflowsFor } from './cached-workflows.ts';

it.each([
  [256e6, 50],
  [512e6, 58],
  [1e9, 194],
  [2e9, 472],
  [4e9, 600],
  [64e9, 600],
])('with %d bytes of memory it is %d', (memoryBytes, workflows) => {
  expect(cachedWorkflowsFor(memoryBytes)).toBe(workflows);
});

it('never takes more than the machine has', () => {
  expect(availableMemoryBytes()).toBeGreaterThan(0);
  expect(availableMemoryBytes()).toBeLessThanOrEqual(totalmem());
});
