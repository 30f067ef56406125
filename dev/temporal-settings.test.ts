import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readTemporalSettings, temporalFlags } from './temporal-settings.ts';

const settings = readTemporalSettings();
const ports = { grpcPort: 1_000, metricsPort: 1_001 };

test('declares the version that dev/temporal/go.mod builds', () => {
  const goMod = readFileSync(new URL('./temporal/go.mod', import.meta.url), 'utf8');
  expect(/github\.com\/temporalio\/cli v(\S+)/.exec(goMod)?.[1]).toBe(settings.version);
});

test('becomes the flags of a server in memory', () => {
  const flags = temporalFlags(settings, ports).join(' ');
  expect(flags).toMatch(/^server start-dev --ip 127\.0\.0\.1 --port 1000 --metrics-port 1001 /);
  expect(flags).toContain('--headless');
  expect(flags).toContain('--search-attribute TocsinIncidentId=Keyword');
  expect(flags).toContain('--dynamic-config-value history.transferProcessorMaxPollRPS=200');
  expect(flags).toContain('--dynamic-config-value matching.enableFairness=true');
  expect(flags).not.toContain('sqlite');
});

test('becomes the flags of a server with a file and a Web UI', () => {
  const flags = temporalFlags(settings, { ...ports, uiPort: 1_002, databaseFile: '/data/t.db' }).join(' ');
  expect(flags).toContain('--ui-port 1002');
  expect(flags).not.toContain('--headless');
  expect(flags).toContain(
    '--db-filename /data/t.db --sqlite-pragma journal_mode=wal --sqlite-pragma synchronous=1',
  );
});

test('quotes texts as the JSON that the server expects', () => {
  const flags = temporalFlags({ ...settings, dynamic_config: { key: 'text' } }, ports);
  expect(flags).toContain('key="text"');
});
