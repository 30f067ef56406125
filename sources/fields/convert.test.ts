import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readInstant } from './instant.ts';
import { readNumber } from './number.ts';
import { flagsOf, startReading } from './reading.ts';
import { RejectedField } from './rejected-field.ts';
import { readText } from './text.ts';

function coercive() {
  return startReading({ validation: 'coercive', receivedAtMs: 0 });
}

/** What a coercive source's value becomes; undefined where it is refused. */
function convert<T>(
  read: (value: unknown, path: string, reading: ReturnType<typeof coercive>) => T,
  value: unknown,
) {
  try {
    return read(value, '/a', coercive());
  } catch (error) {
    if (error instanceof RejectedField) return undefined;
    throw error;
  }
}

describe('a number that becomes a text', () => {
  test('reads back as the same number, or is refused', () => {
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: false }), (number) => {
        const text = convert(readText, number);
        if (text === undefined) expect(Number.isSafeInteger(number)).toBe(false);
        else expect(Number(text) === number).toBe(true);
      }),
      { numRuns: 1_000, verbose: true },
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 60), null, [], {}])(
    'is not %j',
    (value) => {
      expect(convert(readText, value)).toBeUndefined();
    },
  );
});

describe('a text that becomes a number', () => {
  test.each([
    ['0', 0],
    ['-2.50', -2.5],
    ['9007199254740991', 9_007_199_254_740_991],
  ])('%j is %d', (text, number) => {
    expect(convert(readNumber, text)).toBe(number);
  });

  test.each(['', ' 1', '1e3', '0x10', '01', '1_000', '١', 'Infinity', 'NaN', '9007199254740993', '1.', true])(
    'is not %j',
    (value) => {
      expect(convert(readNumber, value)).toBeUndefined();
    },
  );
});

describe('a number that becomes an instant', () => {
  test('is unix seconds or milliseconds of the years 1973 to 5138', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100_000_000, max: 99_999_999_999 }), (seconds) => {
        expect(convert(readInstant, seconds)).toBe(seconds * 1_000);
        expect(convert(readInstant, String(seconds))).toBe(seconds * 1_000);
        expect(convert(readInstant, seconds * 1_000)).toBe(seconds * 1_000);
      }),
      { verbose: true },
    );
  });

  test('may have a fraction of a second', () => {
    expect(convert(readInstant, 1_789_372_800.25)).toBe(1_789_372_800_250);
  });

  test.each([0, -1, 99_999_999, 1e15, 1e18, Number.NaN, Number.POSITIVE_INFINITY, '0', true])(
    'is not %j',
    (value) => {
      expect(convert(readInstant, value)).toBeUndefined();
    },
  );
});

test('nothing is converted unless the source says so', () => {
  for (const validation of ['strict', 'lenient'] as const) {
    const reading = startReading({ validation, receivedAtMs: 0 });
    expect(() => readText(1, '/a', reading)).toThrow('must be a string, not a number');
    expect(() => readNumber('1', '/a', reading)).toThrow('must be a finite number, not a string');
    expect(() => readInstant(1_789_372_800, '/a', reading)).toThrow('RFC 3339');
    expect(flagsOf(reading)).toBeUndefined();
  }
});
