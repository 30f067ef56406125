import { expect, it } from 'vitest';
import { accountOfUrl } from './account-of-url.ts';

it.each([
  ['https://hooks.example.org/T0/secret?key=secret', 'hooks.example.org'],
  ['https://amy:secret@Hooks.Example.org:8443/', 'hooks.example.org:8443'],
  ['http://[::1]:9000/secret', '::1:9000'],
])('names of %s only %s', (url, account) => {
  expect(accountOfUrl(url)).toBe(account);
});
