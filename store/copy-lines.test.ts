import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCopyLines } from './copy-lines.ts';

test('holds every line whole, however much longer than expected it is', () => {
  const field = fc.string({ unit: 'grapheme', maxLength: 300 });
  fc.assert(
    fc.property(fc.array(fc.array(field, { minLength: 1, maxLength: 5 }), { maxLength: 50 }), (rows) => {
      const lines = createCopyLines(rows.length, 16);
      for (const row of rows) lines.add(row);
      expect(lines.bytes().toString()).toBe(rows.map((row) => `${row.join('\t')}\n`).join(''));
    }),
  );
});
