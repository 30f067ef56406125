import { expect, test } from 'vitest';
import { outgoingUrlFault } from './check-url.ts';

test.each([
  'https://127.0.0.1/',
  'https://0x7f.1/',
  'https://2130706433/',
  'https://localhost/',
  'https://api.localhost/',
  'https://127.0.0.1./',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:a00:1]/',
  'https://[fd00::1]/',
  'https://[fe80::1]/',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1/',
  'https://0.0.0.0/',
  'https://224.0.0.1/',
  'https://[64:ff9b::7f00:1]/',
  'https://192.168.1.1:8443/',
])('%s is not public', (url) => {
  expect(outgoingUrlFault(url, [])).toMatch(/add "[^"]+" to outbound.allow_private/);
});

test.each([
  'https://example.org/x?y=z',
  'https://93.184.215.14/',
  'https://[2606:4700::1111]/',
  'https://172.32.0.1/',
])('%s is public', (url) => {
  expect(outgoingUrlFault(url, [])).toBeUndefined();
});

test.each([
  ['http://127.0.0.1:9000/', ['127.0.0.0/8'], true],
  ['http://127.0.0.1:9000/', ['127.0.0.1'], true],
  ['http://127.0.0.1:9000/', ['10.0.0.0/8'], false],
  ['http://[::1]:9000/', ['::1/128'], true],
  ['http://localhost:9000/', ['127.0.0.0/8'], true],
  ['http://8.8.8.8/', ['127.0.0.0/8'], false],
  ['http://hooks.internal/', [], false],
  ['http://hooks.internal/', ['10.0.0.0/8'], true],
])('%s with %j is allowed: %s', (url, allowPrivate, allowed) => {
  expect(outgoingUrlFault(url, allowPrivate) === undefined).toBe(allowed);
});
