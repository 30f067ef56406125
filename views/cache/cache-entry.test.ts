import { expect, it } from 'vitest';
import { decodeEntry, encodeEntry } from './cache-entry.ts';

it('reads back what it wrote, newlines in the JSON included', () => {
  const entry = { version: 12, json: '{"text":"a\\nb"}\n' };
  expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
});

it.each(['', '\n{}', 'x\n{}', '-1\n{}', '1.5\n{}', '{}', '1e400\n{}'])('takes %j for no entry', (text) => {
  expect(decodeEntry(text)).toBeUndefined();
});
