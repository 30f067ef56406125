import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadConfigText } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import { configSchema } from '../config/schema.ts';
import { alertmanagerFormat } from '../sources/alertmanager/alertmanager.ts';
import { aContext, aRequest } from '../sources/testing/a-request.ts';
import { anchorsOf, codeBlocksOf, localLinksOf, readPage, readPages, rootDir } from './markdown-pages.ts';

const pages = readPages();
const blocks = pages.flatMap(codeBlocksOf);
const inLanguage = (language: string) =>
  blocks.filter((block) => block.language === language).map(({ place, code }) => [place, code] as const);

/** What a fragment of a configuration is put into. */
const base = {
  version: 1,
  sources: [{ name: 'prometheus', type: 'alertmanager', key: 'a-key-of-sixteen-or-more' }],
  routes: [{ policy: 'default' }],
  policies: { default: { steps: [{ notify: ['channel:ops'], wait: '5m' }] } },
  channels: { ops: { type: 'console' } },
};

const ownKeys = new Set(Object.keys(configSchema.shape));

function isOurs(document: unknown): document is Record<string, unknown> {
  return (
    typeof document === 'object' &&
    document !== null &&
    Object.keys(document).every((key) => ownKeys.has(key))
  );
}

/** A whole file as it is; a fragment within a small file that has the rest. */
function completed(code: string): string {
  const document: unknown = parse(code);
  if (!isOurs(document) || 'version' in document) return code;
  const merged = (key: 'channels' | 'policies') => ({ ...base[key], ...(document[key] ?? {}) });
  return stringify({ ...base, ...document, channels: merged('channels'), policies: merged('policies') });
}

async function problemsOf(text: string): Promise<readonly string[]> {
  const names = [...text.matchAll(/\$\{([A-Z_]+)\}/g)].map(({ 1: name = '' }) => name);
  const secret = 'a-secret-of-sixteen-or-more';
  const env = Object.fromEntries(names.map((name) => [name, secret]));
  const result = await loadConfigText({ text, file: 'tocsin.yml', env, readFile: async () => secret });
  return result.ok ? [] : result.problems.map(formatProblem);
}

describe('YAML in the pages', () => {
  const ours = inLanguage('yaml').filter(([, code]) => isOurs(parse(code)));

  test('has whole configurations and fragments of them', () => {
    expect(ours.length).toBeGreaterThan(4);
  });

  test.each(ours)('%s is a configuration that loads', async (_, code) => {
    expect(await problemsOf(completed(code))).toEqual([]);
  });

  test('examples/tocsin.yml loads', async () => {
    expect(await problemsOf(readPage('examples/tocsin.yml'))).toEqual([]);
  });

  test('the check would notice a wrong key', async () => {
    expect(await problemsOf(completed('channels:\n  x: { type: console, nobody: knows }\n'))).not.toEqual([]);
  });
});

test.each(inLanguage('json'))('%s is JSON', (_, code) => {
  expect(() => JSON.parse(code)).not.toThrow();
});

test.each(inLanguage('sh'))('%s is what a shell understands', (_, code) => {
  expect(() => execFileSync('bash', ['-n'], { input: code, stdio: ['pipe', 'pipe', 'pipe'] })).not.toThrow();
});

const senderPages =
  /^docs\/how-to\/(?:alertmanager|prometheus|grafana|generic-json|pagerduty|cloudevents)\.md/;

describe('alerts that the pages post', () => {
  // the pages of the senders have a test of their own: sender-examples.test.ts
  const others = inLanguage('sh').filter(([place]) => !senderPages.test(place));
  const bodies = others.flatMap(([place, code]) =>
    [...code.matchAll(/\/v1\/sources\/[^']*?(?:'[^'{]*'[^']*?)*-d '\s*(\{.*?\})'/gs)].map(
      ({ 1: body = '' }) => [place, body] as const,
    ),
  );

  test('are found', () => {
    expect(bodies.length).toBeGreaterThan(3);
  });

  test.each(bodies)('%s posts alerts that are all accepted', (_, body) => {
    const context = aContext({ source: 'docs', receivedAtMs: Date.now() });
    const { commands, rejected } = alertmanagerFormat.parse(aRequest(JSON.parse(body)), context);
    expect(rejected).toEqual([]);
    expect(commands.length).toBeGreaterThan(0);
  });
});

describe('commands in the pages', () => {
  const { scripts } = JSON.parse(readPage('package.json')) as { scripts: Record<string, string> };
  const commands = pages.flatMap(({ path, text }) =>
    [...codeOf(text).matchAll(/\bnpm (run )?(?:-s )?([a-z][\w:-]*)/g)].map(({ 1: run, 2: name = '' }) => ({
      path,
      isBuiltIn: run === undefined && name === 'ci',
      name,
    })),
  );

  test('are found', () => {
    expect(commands.length).toBeGreaterThan(10);
  });

  test('name scripts of package.json', () => {
    const unknown = commands.filter(({ name, isBuiltIn }) => !isBuiltIn && scripts[name] === undefined);
    expect(unknown).toEqual([]);
  });
});

describe.each(pages.map((page) => [page.path, page] as const))('links of %s', (path, page) => {
  test('lead somewhere', () => {
    const broken = localLinksOf(page).filter((link) => !leadsSomewhere(path, link));
    expect(broken).toEqual([]);
  });
});

/** Code in blocks and in lines; prose may speak of npm as it likes. */
function codeOf(text: string): string {
  return (text.match(/^```.*?^```$|`[^`\n]+`/gms) ?? []).join('\n');
}

function leadsSomewhere(from: string, link: string): boolean {
  const [target = '', anchor] = link.split('#');
  const path = target === '' ? from : join(dirname(from), target);
  if (!existsSync(join(rootDir, path))) return false;
  return anchor === undefined || anchorsOf(readPage(path)).has(anchor);
}
