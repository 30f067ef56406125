import { beforeAll, expect, test } from 'vitest';
import * as workflows from '../workflows/index.ts';
import { bundleWorkflows } from './bundle.ts';

let code: string;
beforeAll(async () => {
  ({ code } = await bundleWorkflows());
}, 60_000);

test('exports the four workflows and nothing else', () => {
  expect(Object.keys(workflows).sort()).toEqual(['escalation', 'projection', 'retention', 'testPage']);
  for (const name of Object.keys(workflows)) expect(code).toContain(name);
});

test('carries nothing that belongs outside a workflow', () => {
  const foreign = [
    'zod',
    'pg',
    'ioredis',
    'pino',
    'prom-client',
    'fastify',
    'lru-cache',
    're2js',
    'yaml',
    'temporal-polyfill',
  ];
  const found = foreign.filter((name) => code.includes(`node_modules/${name}/`));
  expect(found).toEqual([]);
  // the paths are really there to be found
  expect(code).toContain('node_modules/@noble/hashes/');
});
