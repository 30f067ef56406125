import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHlc } from '../domain/hlc.ts';
import { prepareBatch } from './append-batch.ts';
import { copyText, escapeField } from './copy-append.ts';
import { createPendingAppends } from './pending-append.ts';

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

test('rows are written in the order of their streams while positions keep that of arrival', () => {
  const events = [{ body: { type: 'AlertFired', data: { tab: '\t' } }, metadata: {} }];
  const pendings = createPendingAppends(
    ['alert-c', 'alert-a', 'alert-b'].map((stream) => ({ stream, expectedVersion: -1, events })),
    0,
  );
  const nowMs = 1_767_225_600_000;
  const batch = prepareBatch(pendings, { lane: 3, firstPosition: 10, hlc: createHlc(() => nowMs), nowMs });
  const rows = copyText(batch)
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  expect(rows.map((columns) => columns.slice(0, 4).join(' '))).toEqual([
    '3 11 alert-a 0',
    '3 12 alert-b 0',
    '3 10 alert-c 0',
  ]);
  expect(rows.every((columns) => columns.length === 11)).toBe(true);
});
