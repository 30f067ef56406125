import { expect, it } from 'vitest';
import { requestIdOf } from './request-id.ts';

const uuid = /^[0-9a-f-]{36}$/;

it('keeps the id that the caller gave', () => {
  expect(requestIdOf({ 'x-request-id': 'Job-7.retry_2' })).toBe('Job-7.retry_2');
});

it.each(['', 'two words', 'line\nbreak', 'x'.repeat(65), '<script>', ['a', 'b'], undefined])(
  'makes a new id instead of %j',
  (given) => {
    expect(requestIdOf({ 'x-request-id': given })).toMatch(uuid);
  },
);
