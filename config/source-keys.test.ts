import { expect, test } from 'vitest';
import type { SourceConfig } from './config.ts';
import { findSource, hashKey } from './source-keys.ts';

const source = (name: string, key: string): SourceConfig => ({
  name,
  type: 'alertmanager',
  tenant: 'default',
  keyHash: hashKey(key),
  validation: 'lenient',
  resolveTimeoutMs: 300_000,
  processors: [],
});
const config = { sources: [source('a', 'key-a-0123456789'), source('b', 'key-b-0123456789')] };

test.each([
  ['key-a-0123456789', 'a'],
  ['key-b-0123456789', 'b'],
  ['key-c-0123456789', undefined],
  ['key-a-012345678', undefined],
  ['', undefined],
])('finds the source of %j', (key, name) => {
  expect(findSource(config, key)?.name).toBe(name);
});

test('keeps nothing of the key itself', () => {
  expect(Buffer.from(hashKey('key-a-0123456789')).toString('latin1')).not.toContain('key-a');
});
