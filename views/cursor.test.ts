import { expect, it } from 'vitest';
import { errorCodeOf } from '../domain/errors.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

const cursor = { at: '2026-01-05T09:00:00.123Z', id: 'alert-1' };
const isId = (id: string) => id === 'alert-1';

it('reads back what it wrote', () => {
  expect(decodeCursor(encodeCursor(cursor), isId)).toEqual(cursor);
});

it.each([
  ['nothing', ''],
  ['no base64', '***'],
  ['no list', Buffer.from('{}').toString('base64url')],
  ['no JSON', Buffer.from('[').toString('base64url')],
  ['a foreign id', encodeCursor({ ...cursor, id: "' OR 1=1 --" })],
  ['no instant', encodeCursor({ ...cursor, at: 'yesterday' })],
  ['an instant that no calendar has', encodeCursor({ ...cursor, at: '2026-13-45T09:00:00.000Z' })],
  ['30 February', encodeCursor({ ...cursor, at: '2026-02-30T09:00:00.000Z' })],
  ['the year 0', encodeCursor({ ...cursor, at: '0000-01-01T00:00:00.000Z' })],
  ['an endless one', 'a'.repeat(100_000)],
])('refuses %s and says where', (_name, text) => {
  const attempt = () => decodeCursor(text, isId);
  expect(attempt).toThrowError(expect.objectContaining({ path: '/cursor' }));
  try {
    attempt();
  } catch (error) {
    expect(errorCodeOf(error)).toBe('invalid_request');
  }
});
