import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'record',
    include: ['test/replay/record-histories.ts'],
    globalSetup: ['test/setup/servers.ts'],
    pool: 'forks',
    execArgv: ['--disable-proto=delete'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
