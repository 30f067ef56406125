import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const port = z.int().min(1).max(65_535);

const temporalSettingsSchema = z.strictObject({
  /** Of the Temporal CLI, whose dev server it is. */
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  namespace: z.string().min(1),
  ip: z.string(),
  ports: z.strictObject({ grpc: port, ui: port, metrics: port }),
  log_level: z.enum(['debug', 'info', 'warn', 'error', 'never']),
  sqlite_pragmas: z.record(z.string(), scalar),
  search_attributes: z.record(z.string(), z.string()),
  dynamic_config: z.record(z.string(), scalar),
});

/** What `temporal-dev.yml` declares. */
export type TemporalSettings = z.infer<typeof temporalSettingsSchema>;

export const temporalSettingsFile = new URL('../temporal-dev.yml', import.meta.url);

export function readTemporalSettings(file: URL = temporalSettingsFile): TemporalSettings {
  return temporalSettingsSchema.parse(parse(readFileSync(file, 'utf8')));
}

export interface TemporalFlagOptions {
  readonly grpcPort: number;
  readonly metricsPort: number;
  /** Without it there is no Web UI. */
  readonly uiPort?: number;
  /** Without it everything is kept in memory. */
  readonly databaseFile?: string;
}

/** The command line of `temporal` that runs the declared server. */
export function temporalFlags(settings: TemporalSettings, options: TemporalFlagOptions): string[] {
  const repeat = (flag: string, values: Record<string, unknown>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  const json = Object.fromEntries(
    Object.entries(settings.dynamic_config).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  return [
    'server',
    'start-dev',
    ...['--ip', settings.ip],
    ...['--port', String(options.grpcPort)],
    ...['--metrics-port', String(options.metricsPort)],
    ...['--namespace', settings.namespace],
    ...['--log-level', settings.log_level],
    ...(options.uiPort === undefined
      ? ['--headless']
      : ['--ui-port', String(options.uiPort), '--ui-disable-news-fetch']),
    ...(options.databaseFile === undefined
      ? []
      : ['--db-filename', options.databaseFile, ...repeat('--sqlite-pragma', settings.sqlite_pragmas)]),
    ...repeat('--search-attribute', settings.search_attributes),
    ...repeat('--dynamic-config-value', json),
  ];
}
