import { expect, it } from 'vitest';
import { providerWords } from './provider-words.ts';

const secrets = ['s3cret-of-some-length'];

it.each([
  ['Bad Request: chat not found', 'Bad Request: chat not found'],
  ['two\r\nlines', 'two lines'],
  ['\u001b[2Jred', '\\u{1b}[2Jred'],
  ['', undefined],
  ['x'.repeat(161), undefined],
  [{ message: 'an object' }, undefined],
  ['no key s3cret-of-some-length is known', undefined],
  ['s3cret-of', undefined],
])('makes of %j the words %j', (said, words) => {
  expect(providerWords(said, secrets)).toBe(words);
});
