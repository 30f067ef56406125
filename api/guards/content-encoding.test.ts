import { expect, it } from 'vitest';
import { checkContentEncoding } from './content-encoding.ts';

it.each([undefined, '', 'identity', ' Identity '])('takes a body with the encoding %j', (encoding) => {
  expect(() =>
    checkContentEncoding({ ...(encoding !== undefined && { 'content-encoding': encoding }) }),
  ).not.toThrow();
});

it.each(['gzip', 'br', 'deflate', 'identity, gzip', 'x'])('refuses the encoding %j', (encoding) => {
  expect(() => checkContentEncoding({ 'content-encoding': encoding })).toThrow('without a content-encoding');
});
