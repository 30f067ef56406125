import { describe, expect, test } from 'vitest';
import type { SourceConfig } from '../config/config.ts';
import { findSource } from '../config/source-keys.ts';
import type { Door } from '../domain/source/door.ts';
import { readBody } from '../ingest/read-body.ts';
import { createFormats } from '../sources/formats.ts';
import type { ParsedPayload } from '../sources/source.ts';
import { readPages } from './markdown-pages.ts';
import { configsOf, type SentExample, sentBy, valueOfVariable } from './sender-examples.ts';

const formats = createFormats({ newKey: () => 'a-new-key' });
const pages = readPages().filter(({ path }) =>
  /^docs\/how-to\/(?:alertmanager|prometheus|grafana|generic-json|pagerduty|cloudevents)\.md$/.test(path),
);

test('there are pages for senders', () => {
  expect(pages.length).toBeGreaterThan(3);
});

describe.each(pages.map((page) => [page.path, page] as const))('%s', (_, page) => {
  const examples = sentBy(page).filter(({ body }) => body !== '');

  test('has an example', () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  test.each(examples.map((example) => [example.place, example] as const))(
    '%s sends what its source accepts whole',
    async (_place, example) => {
      const configs = await configsOf(page);
      const key = keyOf(example);
      const sources = configs
        .map((config) => findSource(config, key))
        .filter((source) => source !== undefined);
      // a page may show its source unsigned and signed: each example is meant for one of them
      const isSigned = [...example.headers.keys()].some((name) => name.includes('signature'));
      const meant = sources.filter(({ signature }) => (signature !== undefined) === isSigned);
      expect(meant.length).toBeGreaterThan(0);
      for (const source of meant) {
        const { commands, rejected, nothingToDo } = send(example, source);
        expect(rejected).toEqual([]);
        expect(commands.length > 0 || nothingToDo).toBe(true);
      }
    },
  );
});

function send({ url, headers, body }: SentExample, source: SourceConfig): ParsedPayload {
  const format = formats.find(doorOf(url), source.type);
  if (format === undefined) throw new Error(`${source.type} has no such door: ${url}`);
  const rawBody = Buffer.from(body);
  const header = (name: string) => headers.get(name);
  const context = { ...source, source: source.name, receivedAtMs: Date.now() };
  format.verify?.(rawBody, header, context);
  return format.parse({ body: readBody(rawBody), header }, context);
}

function doorOf(url: string): Door {
  const { pathname } = new URL(url);
  if (pathname.endsWith('/api/v2/alerts')) return 'alertmanager-api';
  if (pathname === '/v2/enqueue') return 'pagerduty';
  return pathname === '/v2/change/enqueue' ? 'pagerduty-change' : 'source';
}

/** Wherever the example names its source: in the address, a header or the body. */
function keyOf({ url, headers, body }: SentExample): string {
  const places = [url, ...headers.values(), body].join('\n');
  const [, name = ''] = /value-of-([a-z-]+)-key-in-the-docs/.exec(places) ?? [];
  return valueOfVariable(`${name.replaceAll('-', '_')}_KEY`.toUpperCase());
}
