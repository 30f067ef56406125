import { execFileSync } from 'node:child_process';
import { parse, stringify } from 'yaml';
import type { TocsinConfig } from '../config/config.ts';
import { loadConfigText } from '../config/load.ts';
import { codeBlocksOf, type MarkdownPage } from './markdown-pages.ts';

/** What the commands of a page would have sent. */
export interface SentExample {
  readonly place: string;
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What a variable holds while a page's commands run: a key or a secret of its own. */
export function valueOfVariable(name: string): string {
  return `value-of-${name.toLowerCase().replaceAll('_', '-')}-in-the-docs`;
}

/** Runs the page's blocks that call `curl`, with a `curl` that tells what it was asked for instead of sending it. */
export function sentBy(page: MarkdownPage): SentExample[] {
  return codeBlocksOf(page)
    .filter(({ language, code }) => language === 'sh' && code.includes('curl '))
    .flatMap(({ place, code }) => run(code).map((args) => ({ place, ...readArguments(args) })));
}

const fakes = `curl() { printf '\\001'; printf '%s\\002' "$@"; }\namtool() { :; }\nset -eu\n`;

function run(code: string): string[][] {
  const names = [...code.matchAll(/\$([A-Z][A-Z_]+)/g)].map(({ 1: name = '' }) => name);
  const env = Object.fromEntries(names.map((name) => [name, valueOfVariable(name)]));
  const output = execFileSync('bash', ['--norc', '-c', `${fakes}${code}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, ...env },
  });
  const [, ...calls] = output.split('\u0001');
  return calls.map((call) => call.split('\u0002').slice(0, -1));
}

function readArguments(args: readonly string[]): Omit<SentExample, 'place'> {
  const after = (flag: string) => args.filter((_, index) => args[index - 1] === flag);
  const headers = after('-H').map((line) => {
    const [name = '', ...value] = line.split(':');
    return [name.trim().toLowerCase(), value.join(':').trim()] as const;
  });
  const url = args.find((argument) => /^https?:/.test(argument)) ?? '';
  return { url, headers: new Map(headers), body: after('-d').join('') };
}

const rest = {
  version: 1,
  routes: [{ policy: 'default' }],
  policies: { default: { steps: [{ notify: ['channel:ops'], wait: '5m' }] } },
  channels: { ops: { type: 'console' } },
};

/** One configuration for each block of the page that has sources. */
export async function configsOf(page: MarkdownPage): Promise<readonly TocsinConfig[]> {
  const blocks = codeBlocksOf(page).filter(
    ({ language, code }) => language === 'yaml' && /^sources:/m.test(code),
  );
  return Promise.all(blocks.map(({ code }) => load(stringify({ ...rest, ...parse(code) }))));
}

async function load(text: string): Promise<TocsinConfig> {
  const names = [...text.matchAll(/\$\{([A-Z_]+)\}/g)].map(({ 1: name = '' }) => name);
  const env = Object.fromEntries(names.map((name) => [name, valueOfVariable(name)]));
  const result = await loadConfigText({ text, file: 'tocsin.yml', env, readFile: async () => '' });
  if (!result.ok) throw new Error(`does not load: ${JSON.stringify(result.problems)}`);
  return result.config;
}
