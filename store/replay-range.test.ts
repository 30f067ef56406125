import { describe, expect, test } from 'vitest';
import { parseReplayBound, selectRanges } from './replay-range.ts';

describe('a bound', () => {
  test('is a position of every lane', () => {
    expect(parseReplayBound('0')).toBe(0);
    expect(parseReplayBound('123456789')).toBe(123_456_789);
  });

  test('names lanes', () => {
    expect(parseReplayBound('1000:7')).toEqual(new Map([[1_000, 7]]));
    expect(parseReplayBound('1:5,2:0')).toEqual(
      new Map([
        [1, 5],
        [2, 0],
      ]),
    );
  });

  test.each([
    '',
    '-1',
    '1.5',
    '1:',
    ':1',
    '1:2:3',
    '1:2,',
    '1:2,3',
    '1,2',
    '1:2,1:3',
    ' 1',
    '1e3',
    '1'.repeat(16),
  ])('is refused as %j', (text) => {
    expect(() => parseReplayBound(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

describe('a selection', () => {
  const lanes = [
    { lane: 1, from: 10, to: 99 },
    { lane: 2, from: 0, to: 4 },
  ];

  test('is all that there is, unless told otherwise', () => {
    expect(selectRanges(lanes, {})).toEqual(lanes);
    expect(selectRanges(lanes, { lane: 2 })).toEqual([{ lane: 2, from: 0, to: 4 }]);
  });

  test('is cut to what there is, and leaves out lanes with nothing of it', () => {
    expect(selectRanges(lanes, { from: 3, to: 1_000 })).toEqual([
      { lane: 1, from: 10, to: 99 },
      { lane: 2, from: 3, to: 4 },
    ]);
    expect(selectRanges(lanes, { from: 50, to: 50 })).toEqual([{ lane: 1, from: 50, to: 50 }]);
    expect(selectRanges(lanes, { from: 60, to: 50 })).toEqual([]);
  });

  test('knows only the lanes that a bound names', () => {
    expect(selectRanges(lanes, { from: new Map([[1, 20]]) })).toEqual([{ lane: 1, from: 20, to: 99 }]);
    expect(selectRanges(lanes, { from: new Map([[1, 20]]), to: new Map([[2, 3]]) })).toEqual([]);
    expect(selectRanges(lanes, { from: new Map([[7, 0]]) })).toEqual([]);
  });
});
