import { expect, test } from 'vitest';
import { formatListen, parseListen } from './listen.ts';

test.each([
  ['127.0.0.1:8080', '127.0.0.1', 8080],
  ['0.0.0.0:0', '0.0.0.0', 0],
  ['localhost:65535', 'localhost', 65_535],
  ['[::1]:80', '::1', 80],
])('reads %s and writes it back', (text, host, port) => {
  expect(parseListen(text)).toEqual({ host, port });
  expect(formatListen({ host, port })).toBe(text);
});

test.each([
  '',
  '8080',
  ':8080',
  '::1:80',
  '[]:80',
  'host',
  'host:',
  'host:65536',
  'host:-1',
  'a b:80',
  'host:80/x',
])('refuses %j', (text) => {
  expect(parseListen(text)).toBeUndefined();
});
