import { expect, test } from 'vitest';
import { createHlc } from '../domain/hlc.ts';
import { prepareBatch } from './append-batch.ts';
import { copyRows } from './copy-append.ts';
import { createPendingAppends } from './pending-append.ts';

test('rows are written in the order of their streams while positions keep that of arrival', () => {
  const events = [{ body: { type: 'AlertFired', data: { tab: '\t' } }, metadata: {} }];
  const pendings = createPendingAppends(
    ['alert-c', 'alert-a', 'alert-b'].map((stream) => ({ stream, expectedVersion: -1, events })),
    0,
  );
  const nowMs = 1_767_225_600_000;
  const batch = prepareBatch(pendings, { lane: 3, firstPosition: 10, hlc: createHlc(() => nowMs), nowMs });
  const rows = copyRows(batch)
    .toString()
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
