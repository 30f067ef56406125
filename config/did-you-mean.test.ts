import { expect, test } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

test.each([
  ['wiat', ['wait', 'notify'], 'wait'],
  ['Listen', ['listen'], 'listen'],
  ['chanel', ['channel', 'channels'], 'channel'],
  ['publicurl', ['public_url'], 'public_url'],
  ['key', ['kex', 'kye'], 'kex'],
  ['users', ['sources', 'routes'], undefined],
  ['ab', ['xy'], undefined],
  ['x'.repeat(65), ['x'.repeat(64)], undefined],
])('for %s among %j it suggests %s', (given, candidates, expected) => {
  expect(didYouMean(given, candidates)).toBe(expected === undefined ? '' : `; did you mean "${expected}"?`);
});
