import { defineConfig } from 'vitest/config';

const execArgv = ['--disable-proto=delete'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: ['test/**', 'node_modules/**', '.tocsin/**', 'dist/**'],
          pool: 'forks',
          // they wait for nothing; the others measure times, and run one after the other on two cores
          maxWorkers: 2,
          execArgv,
        },
      },
      {
        test: {
          name: 'stack',
          include: ['test/**/*.test.ts'],
          exclude: ['test/acceptance/**', 'test/chaos/**'],
          globalSetup: ['test/setup/servers.ts'],
          pool: 'forks',
          execArgv,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'acceptance',
          include: ['test/acceptance/**/*.test.ts'],
          globalSetup: ['test/setup/servers.ts'],
          pool: 'forks',
          execArgv,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'workers',
          include: ['test/acceptance/**/*.test.ts'],
          globalSetup: ['test/setup/servers.ts'],
          pool: 'forks',
          // each scenario once more, with three workers for each stack
          env: { TOCSIN_TEST_WORKERS: '3' },
          fileParallelism: false,
          execArgv,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'chaos',
          include: ['test/chaos/**/*.test.ts'],
          globalSetup: ['test/setup/servers.ts'],
          pool: 'forks',
          // each starts servers of its own, and kills them: side by side they would starve each other
          fileParallelism: false,
          execArgv,
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
