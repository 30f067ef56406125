import { expect, it } from 'vitest';
import { limits } from '../domain/limits.ts';
import { searchPatternOf, searchTextOf } from './search-text.ts';

it.each([
  ['50%', '%50\\%%'],
  ['a_b', '%a\\_b%'],
  ['c:\\dir', '%c:\\\\dir%'],
  ["o'brien", "%o'brien%"],
  ['DISK', '%disk%'],
])('looks for %j as it stands', (q, pattern) => {
  expect(searchPatternOf(q)).toBe(pattern);
});

it('replaces what PostgreSQL cannot take', () => {
  expect(searchPatternOf('a\0\ud800b')).toBe('%a\ufffd\ufffdb%');
});

it('refuses a text beyond the limit', () => {
  const attempt = () => searchPatternOf('x'.repeat(limits.maxSearchLength + 1));
  expect(attempt).toThrowError(expect.objectContaining({ code: 'invalid_request', path: '/q' }));
});

it('cuts what it stores without leaving half a character', () => {
  const text = searchTextOf([`${'x'.repeat(4_095)}\u{1f525}`]);
  expect(text.isWellFormed()).toBe(true);
  expect(text.length).toBe(4_096);
});
