import { expect, it } from 'vitest';
import { sourceKeyOf } from './source-key.ts';

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`;

it.each([
  ['Bearer key_0123456789abcdef', 'key_0123456789abcdef'],
  ['bearer  a.b_c-d~e+f/g=', 'a.b_c-d~e+f/g='],
  [basic('prometheus:key_0123456789abcdef'), 'key_0123456789abcdef'],
  [basic(':key'), 'key'],
  [basic('any:with:colons'), 'with:colons'],
  [basic('user:'), ''],
])('%j carries %j', (header, key) => {
  expect(sourceKeyOf(header)).toBe(key);
});

it.each([
  undefined,
  '',
  'key_0123456789abcdef',
  'Bearer',
  'Bearer a b',
  'Bearer käy',
  basic('no colon'),
  'Basic !!!',
  `Basic ${'A'.repeat(1_025)}`,
  'Digest username="x"',
])('%j carries none', (header) => {
  expect(sourceKeyOf(header)).toBeUndefined();
});
