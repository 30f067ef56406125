import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigHolder, type ConfigHolderOptions, openConfigHolder } from '../config-holder.ts';
import { readConfig } from '../config-reading.ts';
import type { ReloadOutcome } from '../reload-ports.ts';

/** A configuration whose every part names the number, so that a mixture of two would show. */
export function configText(number: number, more = ''): string {
  return `version: 1
public_url: https://n${number}.example.org
sources: [{ name: s, tenant: n${number}, type: alertmanager, key_file: s.key }]
routes: [{ name: n${number}, policy: n${number} }]
policies: { n${number}: { steps: [{ notify: [channel:n${number}], wait: ${number + 1}s }] } }
channels: { n${number}: { type: console } }
${more}`;
}

export interface TempConfig extends AsyncDisposable {
  readonly path: string;
  write(text: string): Promise<void>;
  /** As editors do: a new file takes the old one's name. */
  replace(text: string): Promise<void>;
  writeKey(key: string): Promise<void>;
}

export async function createTempConfig(text = configText(0)): Promise<TempConfig> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-reload-'));
  const path = join(folder, 'tocsin.yml');
  const write = (content: string) => writeFile(path, content);
  const writeKey = (key: string) => writeFile(join(folder, 's.key'), `${key}\n`);
  await Promise.all([write(text), writeKey('key-of-s-0123456789')]);
  return {
    path,
    write,
    writeKey,
    async replace(content) {
      await writeFile(`${path}.new`, content);
      await rename(`${path}.new`, path);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

export interface WatchedHolder {
  readonly holder: ConfigHolder;
  readonly lines: { readonly level: string; readonly fields: object; readonly message: string }[];
  readonly outcomes: ReloadOutcome[];
  readonly gauges: { version: number; inForce: number };
}

/** A holder over a real file; versions are counted per hash, as the database does. */
export async function openTestHolder(
  { path }: Pick<TempConfig, 'path'>,
  overrides: Partial<ConfigHolderOptions> = {},
): Promise<WatchedHolder> {
  const lines: WatchedHolder['lines'] = [];
  const outcomes: ReloadOutcome[] = [];
  const gauges = { version: 0, inForce: -1 };
  const hashes: string[] = [];
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  const holder = await openConfigHolder({
    load: (running) => readConfig(path, {}, running === undefined ? {} : { running }),
    register: async ({ hash }) => {
      if (!hashes.includes(hash)) hashes.push(hash);
      return hashes.indexOf(hash) + 1;
    },
    logger: { info: write('info'), warn: write('warn'), error: write('error') },
    metrics: {
      configReloads: { inc: ({ outcome }) => void outcomes.push(outcome) },
      configReloadSeconds: { observe: () => {} },
      configVersion: {
        set(version) {
          gauges.version = version;
        },
      },
      configInForce: {
        set(value) {
          gauges.inForce = value;
        },
      },
    },
    now: () => 1_767_603_600_000,
    ...overrides,
  });
  return { holder, lines, outcomes, gauges };
}
