import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeField } from './copy-in.ts';

/** PostgreSQL's side of the text format, as its manual describes it. */
function unescapeField(text: string): string {
  const characters: Record<string, string> = { t: '\t', n: '\n', r: '\r' };
  return text.replace(/\\(.)/gs, (_, character: string) => characters[character] ?? character);
}

test('an escaped field holds no separator and reads back as it was', () => {
  const unit = fc.constantFrom('\\', '\t', '\n', '\r', '.', 'N', 't', 'n', '🔥', '"');
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      const escaped = escapeField(text);
      expect(escaped).not.toMatch(/[\t\n\r]/);
      expect(escaped).not.toBe('\\N');
      expect(escaped).not.toBe('\\.');
      expect(unescapeField(escaped)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});
