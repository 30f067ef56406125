import { describe, expect, it } from 'vitest';
import { parseRetryAfterMs } from './retry-after.ts';

const nowMs = Date.UTC(2026, 2, 1, 12, 0, 0);

describe('Retry-After', () => {
  it.each([
    ['5', 5_000],
    [' 5 ', 5_000],
    ['60', 60_000],
    ['61', 60_000],
    ['86400', 60_000],
    ['86401', undefined],
    ['0', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['0x10', undefined],
    ['9999999999', undefined],
    ['', undefined],
    [undefined, undefined],
    ['Sun, 01 Mar 2026 12:00:10 GMT', 10_000],
    ['Sun, 01 Mar 2026 13:00:00 GMT', 60_000],
    ['Sun, 01 Mar 2026 11:59:59 GMT', undefined],
    ['Sat, 01 Mar 2200 12:00:00 GMT', undefined],
    ['Sun, 99 Foo 2026 12:00:00 GMT', undefined],
    ['2026-03-01T12:00:10Z', undefined],
  ])('%j means a wait of %s ms', (value, waitMs) => {
    expect(parseRetryAfterMs(value, nowMs)).toBe(waitMs);
  });
});
